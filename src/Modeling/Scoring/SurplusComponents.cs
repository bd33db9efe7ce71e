using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// Lets surplus components of a published mixture die: backward elimination by the Bayesian information criterion (Schwarz 1978) on the
/// rows of a window that are not trimmed. A dead component keeps its place and has the share 0.
/// </summary>
internal static class SurplusComponents
{
    // From the loss of a component to the new balance of the others: more rounds changed no choice on 1 to 6 clusters.
    private const int Rounds = 8;

    /// <summary>Takes components out, those of the smallest share first, as long as the criterion falls.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="window">Rows that the mixture was fitted to.</param>
    /// <param name="spec">The model.</param>
    /// <param name="member">The member.</param>
    /// <param name="options">Share of rows that are left out.</param>
    /// <param name="repairs">Jitters that covariances needed.</param>
    /// <returns>The mixture with the lowest criterion found.</returns>
    public static Mixture Remove(
        Mixture mixture, WindowWorkspace window, ModelSpec spec, MemberSpec member, PublishOptions options, ref int repairs)
    {
        var dead = new bool[mixture.Components];
        window.Respond(mixture);
        var criterion = Criterion(window, mixture.Dimension, dead, options.TrimShare);
        while (dead.Count(false) > 1 && Smaller(ref mixture, ref criterion, dead, window, spec, member, options, ref repairs))
            Courtesy.GiveWay();
        return mixture;
    }

    private static bool Smaller(
        ref Mixture mixture, ref double criterion, bool[] dead, WindowWorkspace window, ModelSpec spec, MemberSpec member,
        PublishOptions options, ref int repairs)
    {
        var shares = mixture.LogShares.ToArray();
        foreach (var k in Enumerable.Range(0, dead.Length).Where(k => !dead[k]).OrderBy(k => shares[k]))
        {
            dead[k] = true;
            var candidate = mixture.Without(dead);
            for (var round = 0; round < Rounds && candidate is not null; round++)
            {
                Courtesy.GiveWay();
                window.Respond(candidate);
                window.Trim(options.TrimShare);
                candidate = Mixture.Estimate(window.Statistics(), spec, member, out var jitters)?.Without(dead);
                repairs += jitters;
            }

            if (candidate is not null)
            {
                window.Respond(candidate);
                var without = Criterion(window, mixture.Dimension, dead, options.TrimShare);
                if (without < criterion)
                {
                    (mixture, criterion) = (candidate, without);
                    return true;
                }
            }

            dead[k] = false;
        }

        return false;
    }

    private static double Criterion(WindowWorkspace window, int d, bool[] dead, double trimShare)
    {
        var energies = Quantile.Sorted(window.Energies.ToArray());
        var count = (int)Math.Ceiling(energies.Length * (1 - trimShare));
        var sum = 0.0;
        for (var i = 0; i < count; i++) sum += energies[i];
        var parameters = (dead.Count(false) * (1 + d + (d * (d + 1) / 2.0))) - 1;
        return (2 * sum) + (parameters * Math.Log(count));
    }
}
