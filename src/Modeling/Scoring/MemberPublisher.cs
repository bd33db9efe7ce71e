using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Scoring;

/// <summary>Publishes one member: z of the window, standardisation, mixture by trimmed EM, energies.</summary>
internal static class MemberPublisher
{
    /// <summary>Added to the variance of the window's z before the root (docs/model.md).</summary>
    public const double WindowVarianceFloor = 1e-12;

    /// <summary>Fits a member to the scaled rows of a workspace; their energies are left there.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="index">The member.</param>
    /// <param name="weights">The member's weights.</param>
    /// <param name="window">The rows.</param>
    /// <param name="options">How to publish.</param>
    /// <param name="repairs">Jitters that covariances needed.</param>
    /// <returns>The member, or null if its mixture or an energy is not finite.</returns>
    public static MemberSnapshot? Publish(
        ParameterLayout layout, int index, ReadOnlySpan<float> weights, WindowWorkspace window, PublishOptions options, out int repairs)
    {
        var (spec, member, d) = (layout.Spec, layout.Spec.Members[index], layout.Spec.LatentDimension);
        window.Encode(new MemberNetworkKernel(layout, index, weights));
        var standardizer = LatentStandardizer.None(d);
        var measured = window.Measure(WindowVarianceFloor);
        if (spec.StandardizeLatent)
        {
            standardizer = measured;
            window.Standardize(standardizer.Mean, standardizer.Deviation);
        }

        Courtesy.GiveWay();
        window.Estimate(PackedLayers.Of(layout.Estimation, weights));
        if (!spec.StandardizeLatent) window.Centre(measured.Mean);
        var mixture = Mixture.Estimate(window.Statistics(), spec, member, out repairs);
        for (var round = 0; round < options.EmRounds && mixture is not null; round++)
        {
            Courtesy.GiveWay();
            window.Respond(mixture);
            window.Trim(options.TrimShare);
            Courtesy.GiveWay();
            mixture = Mixture.Estimate(window.Statistics(), spec, member, out var jitters);
            repairs += jitters;
        }

        if (mixture is null) return null;
        if (options.ChooseComponents) mixture = SurplusComponents.Remove(mixture, window, spec, member, options, ref repairs);
        Courtesy.GiveWay();
        window.Respond(mixture);
        if (window.Energies.ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return null;
        var range = Quantile.OfUnsorted(window.Energies, 0.75) - Quantile.OfUnsorted(window.Energies, 0.25);
        return new MemberSnapshot(
            mixture, standardizer.Mean, standardizer.Deviation, Quantile.OfUnsorted(window.Energies, 0.5), range);
    }
}
