using System.Collections.Immutable;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Fitting;

/// <summary>A model of the robust offline fit: members whose standardised energies are averaged.</summary>
public sealed class RobustModel : FittedModel
{
    private const int BlockRows = 1024;
    private readonly FitScaler _scaler;
    private readonly int _hidden;

    internal RobustModel(FitScaler scaler, int hidden, ImmutableArray<FittedMember> members, int published, FitDiagnosis diagnosis)
        : base(scaler.Mean.Length, diagnosis) => (_scaler, _hidden, Members, PublishedMember) = (scaler, hidden, members, published);

    /// <summary>The members.</summary>
    public ImmutableArray<FittedMember> Members { get; }

    /// <summary>Index of the member with the lowest <see cref="FittedMember.Bic"/>: the one to look at for clusters.</summary>
    public int PublishedMember { get; }

    /// <summary>True if every feature goes through asinh.</summary>
    public bool IsHeavyTailed => _scaler.IsHeavy;

    /// <summary>Scores rows: mean over the members of sign(u) log(1 + |u|), u = (E - median) / max(range, 1e-3).</summary>
    /// <inheritdoc/>
    public override double[] Score(ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default)
    {
        var scores = new double[count];
        Visit(Members, rows, count, (member, i, energy) =>
            scores[i] += EnergyScorer.Standardized(energy, member.EnergyMedian, member.EnergyRange) / Members.Length, cancellationToken);
        return scores;
    }

    /// <summary>Energies of rows under one member.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="rows">Raw features [n, d], row-major, finite.</param>
    /// <param name="count">Rows n.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Energies [n] in standardised z.</returns>
    public double[] Energies(int member, ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default)
    {
        var energies = new double[count];
        Visit([Members[member]], rows, count, (_, i, energy) => energies[i] = energy, cancellationToken);
        return energies;
    }

    /// <summary>The reconstruction feature alone: sqrt(||x - x'||² / d) in scaled units, standardised, averaged over the members.</summary>
    /// <inheritdoc/>
    /// <returns>Errors [n]; all 0 when the latent code is as large as the input and no such feature exists.</returns>
    public override double[] ReconstructionErrors(ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default)
    {
        var (errors, latent) = (new double[count], Members[0].Autoencoder.Latent);
        if (latent == Features) return errors;
        VisitLatent(Members, rows, count, (_, i, z) => errors[i] += z[latent] / Members.Length, cancellationToken);
        return errors;
    }

    /// <summary>Responsibilities of the components for rows under one member: a soft clustering.</summary>
    /// <param name="member">Index of the member.</param>
    /// <param name="rows">Raw features [n, d], row-major, finite.</param>
    /// <param name="count">Rows n.</param>
    /// <returns>Responsibilities [n, K].</returns>
    public double[] Responsibilities(int member, ReadOnlySpan<float> rows, int count)
    {
        var mixture = Members[member].Mixture;
        var (k, result, scratch) = (mixture.Components, new double[count * mixture.Components], new double[mixture.Dimension]);
        VisitLatent([Members[member]], rows, count, (_, i, z) =>
        {
            var joint = result.AsSpan(i * k, k);
            mixture.LogJoint(z, joint, scratch);
            var total = LogSum.Of(joint);
            for (var c = 0; c < k; c++) joint[c] = Math.Exp(joint[c] - total);
        }, CancellationToken.None);
        return result;
    }

    /// <summary>
    /// A member's mixture in the units of the input. Exact: a latent code as large as the input is linear in it.
    /// </summary>
    /// <param name="member">Index of the member.</param>
    /// <returns>The mixture over x [d].</returns>
    /// <exception cref="InvalidOperationException">The latent code is smaller than the input, or the scaling is not linear.</exception>
    public Mixture ToInput(int member)
    {
        var own = Members[member];
        var (d, axes) = (Features, own.Autoencoder.Axes.ToArray());
        if (own.Autoencoder.Latent < d || _scaler.IsHeavy)
            throw new InvalidOperationException("only a mixture over all of a linearly scaled input can be mapped back to it");
        var (k, map) = (own.Mixture.Components, new double[d * d]);
        // x = m + s (m0 + P (mean + deviation z)): column j of the map is what z_j adds to x.
        for (var i = 0; i < d; i++)
            for (var j = 0; j < d; j++) map[(i * d) + j] = _scaler.Deviation[i] * axes[(i * d) + j] * own.LatentDeviation[j];
        var (means, covariances) = (new double[k * d], new double[k * d * d]);
        for (var c = 0; c < k; c++)
        {
            var covariance = own.Mixture.Covariance(c);
            for (var i = 0; i < d; i++)
            {
                var mean = (double)own.Autoencoder.Mean[i];
                for (var j = 0; j < d; j++) mean += axes[(i * d) + j] * own.LatentMean[j];
                means[(c * d) + i] = _scaler.Mean[i] + (_scaler.Deviation[i] * mean);
                for (var j = 0; j < d; j++) means[(c * d) + i] += map[(i * d) + j] * own.Mixture.Means[(c * d) + j];
                for (var j = 0; j < d; j++)
                for (var a = 0; a < d; a++)
                for (var b = 0; b < d; b++)
                    covariances[(((c * d) + i) * d) + j] += map[(i * d) + a] * covariance[(a * d) + b] * map[(j * d) + b];
            }
        }

        return Mixture.Create(own.Mixture.LogShares, means, covariances, d, out _)
            ?? throw new InvalidOperationException("the mapped mixture has a value that is not finite");
    }

    private void Visit(
        ImmutableArray<FittedMember> members, ReadOnlySpan<float> rows, int count, Action<FittedMember, int, double> visit,
        CancellationToken cancellationToken)
    {
        var scratch = new double[members.Max(member => member.Mixture.ScratchLength)];
        VisitLatent(members, rows, count, (member, i, z) => visit(member, i, member.Mixture.Energy(z, scratch)), cancellationToken);
    }

    private void VisitLatent(
        ImmutableArray<FittedMember> members, ReadOnlySpan<float> rows, int count, Action<FittedMember, int, ReadOnlySpan<double>> visit,
        CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * Features, nameof(rows));
        var (d, latent, scaled) = (members[0].Mixture.Dimension, members[0].Autoencoder.Latent, new float[BlockRows * Features]);
        var (z, work) = (new double[BlockRows * d], new FitAutoencoder.Workspace(BlockRows, Features, latent, _hidden));
        for (var start = 0; start < count; start += BlockRows)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = Math.Min(BlockRows, count - start);
            _scaler.Transform(rows.Slice(start * Features, block * Features), scaled);
            foreach (var member in members)
            {
                member.Encode(scaled, block, work, z);
                for (var i = 0; i < block; i++) visit(member, start + i, z.AsSpan(i * d, d));
            }
        }
    }
}
