using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Scoring;

/// <summary>Publishes one member: z of the window, standardisation, mixture by trimmed EM, energies.</summary>
internal static class MemberPublisher
{
    public static (MemberSnapshot? Snapshot, double[] Energies, int Repairs) Publish(
        ParameterLayout layout, int index, ReadOnlySpan<float> weights, ReadOnlySpan<float> scaled, int rows, PublishOptions options,
        double varianceFloor)
    {
        var (spec, member) = (layout.Spec, layout.Spec.Members[index]);
        var (d, k, features) = (spec.LatentDimension, spec.Components, spec.Features);
        var (z, memberships, network) = (new double[rows * d], new double[rows * k], new MemberNetwork<float>(layout));
        for (var i = 0; i < rows; i++) network.Encode(weights, member, scaled.Slice(i * features, features), z.AsSpan(i * d, d));
        var standardizer = new LatentStandardizer(new double[d], [.. Enumerable.Repeat(1.0, d)]);
        if (spec.StandardizeLatent)
        {
            standardizer = LatentStandardizer.Of(z, rows, d, varianceFloor);
            standardizer.Apply(z);
        }

        for (var i = 0; i < rows; i++) network.LogMemberships(weights, z.AsSpan(i * d, d), default, memberships.AsSpan(i * k, k));
        var energies = new double[rows];
        var mixture = Mixture.Estimate(MixtureStatistics.Of(z, memberships, rows, k, d), spec, member, out var repairs);
        for (var round = 0; round < options.EmRounds && mixture is not null; round++)
        {
            Respond(mixture, z, rows, memberships, energies);
            Trim(energies, memberships, k, options.TrimShare);
            mixture = Mixture.Estimate(MixtureStatistics.Of(z, memberships, rows, k, d), spec, member, out var jitters);
            repairs += jitters;
        }

        if (mixture is null) return (null, energies, repairs);
        Respond(mixture, z, rows, memberships, energies);
        if (energies.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue)) return (null, energies, repairs);
        var sorted = Quantile.Sorted(energies);
        var range = Quantile.OfSorted(sorted, 0.75) - Quantile.OfSorted(sorted, 0.25);
        var snapshot = new MemberSnapshot(mixture, standardizer.Mean, standardizer.Deviation, Quantile.OfSorted(sorted, 0.5), range);
        return (snapshot, energies, repairs);
    }

    /// <summary>Energies, and logarithms of the responsibilities.</summary>
    private static void Respond(Mixture mixture, double[] z, int rows, double[] logResponsibilities, double[] energies)
    {
        var (d, k, scratch) = (mixture.Dimension, mixture.Components, new double[mixture.Dimension]);
        for (var i = 0; i < rows; i++)
        {
            var joint = logResponsibilities.AsSpan(i * k, k);
            mixture.LogJoint(z.AsSpan(i * d, d), joint, scratch);
            var total = LogSum.Of(joint);
            energies[i] = -total;
            for (var c = 0; c < k; c++) joint[c] -= total;
        }
    }

    private static void Trim(double[] energies, double[] logResponsibilities, int components, double share)
    {
        if (share <= 0) return;
        var limit = Quantile.Of(energies, 1 - share);
        for (var i = 0; i < energies.Length; i++)
            if (energies[i] > limit) logResponsibilities.AsSpan(i * components, components).Fill(double.NegativeInfinity);
    }
}
