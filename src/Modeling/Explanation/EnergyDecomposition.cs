using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Explanation;

/// <summary>
/// Splits the energy of a mixture by the chain rule: -log p(z) = -log p(z_1..L) - log p(z_L+1 | z_1..L) - …. The leading rows of a
/// Cholesky factor are the factor of the leading dimensions' covariance, so every marginal comes from the same forward substitution and the
/// split is exact.
/// </summary>
internal static class EnergyDecomposition
{
    private static readonly double LogTwoPi = Math.Log(2 * Math.PI);

    /// <summary>Energies of the leading latent dimensions, then of one further dimension at a time.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="z">z [D].</param>
    /// <param name="latent">Latent dimensions L, at least 1; D - L further ones follow.</param>
    /// <param name="parts">Receives the conditional energies [1 + D - L]; they sum to the energy of z.</param>
    /// <param name="memberships">Receives the probability of each component given z [K].</param>
    public static void ChainRule(Mixture mixture, ReadOnlySpan<double> z, int latent, Span<double> parts, Span<double> memberships)
    {
        var (d, components) = (mixture.Dimension, mixture.Components);
        var joints = new double[parts.Length * components];
        for (var k = 0; k < components; k++) Joints(mixture, k, z, latent, joints);
        var before = 0.0;
        for (var part = 0; part < parts.Length; part++)
        {
            var energy = -LogSum.Of(joints.AsSpan(part * components, components));
            (parts[part], before) = (energy - before, energy);
        }

        var last = joints.AsSpan((d - latent) * components, components);
        for (var k = 0; k < components; k++) memberships[k] = Math.Exp(last[k] + before);
    }

    private static void Joints(Mixture mixture, int k, ReadOnlySpan<double> z, int latent, double[] joints)
    {
        var d = mixture.Dimension;
        var packed = mixture.Factors[k].Packed;
        var mean = mixture.Means.Slice(k * d, d);
        var y = new double[d];
        var (joint, at) = (mixture.LogShares[k], 0);
        for (var i = 0; i < d; i++)
        {
            var value = z[i] - mean[i];
            for (var j = 0; j < i; j++) value -= packed[at++] * y[j];
            var diagonal = packed[at++];
            y[i] = value / diagonal;
            joint -= (0.5 * y[i] * y[i]) + Math.Log(diagonal) + (0.5 * LogTwoPi);
            if (i >= latent - 1) joints[((i - latent + 1) * mixture.Components) + k] = joint;
        }
    }
}
