using System.Numerics;
using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Training;

/// <summary>
/// The training objective by plain loops, without gradients: the reference that the engines are compared with. Stateless.
/// </summary>
public sealed class ManagedObjective : IObjectiveEvaluator
{
    /// <summary>Added to the variance of a minibatch's z before the root (docs/model.md).</summary>
    public const double BatchVarianceFloor = 1e-6;

    /// <inheritdoc/>
    public string Name => "managed";

    /// <inheritdoc/>
    public bool Supports(Precision precision) => precision is Precision.Single or Precision.Double;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The model has more than one member, or a span is too short.</exception>
    public ObjectiveEvaluation Evaluate(
        ModelSpec spec, ReadOnlySpan<double> weights, ReadOnlySpan<double> batch, int rows, ReadOnlySpan<double> dropoutMask,
        Precision precision) =>
        precision == Precision.Double
            ? EvaluateIn<double>(spec, weights, batch, rows, dropoutMask, out _)
            : EvaluateIn<float>(spec, weights, batch, rows, dropoutMask, out _);

    /// <summary>As <see cref="Evaluate"/>, and gives the minibatch's mixture.</summary>
    internal static ObjectiveEvaluation EvaluateIn<T>(
        ModelSpec spec, ReadOnlySpan<double> weights, ReadOnlySpan<double> batch, int rows, ReadOnlySpan<double> dropoutMask,
        out Mixture? mixture)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        var layout = new ParameterLayout(spec);
        if (spec.Members.Length != 1) throw new ArgumentException($"the model has {spec.Members.Length} members; expected 1", nameof(spec));
        if (weights.Length != layout.Length)
            throw new ArgumentException($"{weights.Length} weights; the model has {layout.Length} parameters", nameof(weights));
        var (member, d, k, features) = (spec.Members[0], spec.LatentDimension, spec.Components, spec.Features);
        var (converted, network) = (Convert<T>(weights), new MemberNetwork<T>(layout));
        var (scaled, z, logMemberships) = (Convert<T>(batch[..(rows * features)]), new double[rows * d], new double[rows * k]);
        var reconstruction = 0.0;
        for (var i = 0; i < rows; i++)
            reconstruction += network.Encode(converted, member, scaled.AsSpan(i * features, features), z.AsSpan(i * d, d)) / rows;
        if (spec.ReconstructionLoss == ReconstructionLoss.Mean) reconstruction /= features;
        if (spec.StandardizeLatent) LatentStandardizer.Of(z, rows, d, BatchVarianceFloor).Apply(z);
        var width = dropoutMask.IsEmpty ? 0 : spec.EstimationHidden[^1];
        for (var i = 0; i < rows; i++)
            network.LogMemberships(converted, z.AsSpan(i * d, d), dropoutMask.Slice(i * width, width), logMemberships.AsSpan(i * k, k));
        mixture = Mixture.Estimate(MixtureStatistics.Of(z, logMemberships, rows, k, d), spec, member, out _);
        return Combine(mixture, member, z, rows, reconstruction);
    }

    private static ObjectiveEvaluation Combine(Mixture? mixture, MemberSpec member, double[] z, int rows, double reconstruction)
    {
        var (energies, sum) = (new double[rows], 0.0);
        Array.Fill(energies, double.NaN);
        if (mixture is not null)
        {
            var scratch = new double[mixture.ScratchLength];
            for (var i = 0; i < rows; i++) energies[i] = mixture.Energy(z.AsSpan(i * mixture.Dimension, mixture.Dimension), scratch);
        }

        foreach (var energy in energies) sum += energy;
        var penalty = mixture?.Penalty() ?? double.NaN;
        return new ObjectiveEvaluation
        {
            Objective = reconstruction + (member.EnergyWeight * (sum / rows)) + (member.PenaltyWeight * penalty),
            Reconstruction = reconstruction,
            Energy = sum / rows,
            Penalty = penalty,
            Energies = energies,
            Gradient = [],
        };
    }

    private static T[] Convert<T>(ReadOnlySpan<double> values)
        where T : struct, IBinaryFloatingPointIeee754<T>
    {
        var converted = new T[values.Length];
        for (var i = 0; i < values.Length; i++) converted[i] = T.CreateTruncating(values[i]);
        return converted;
    }
}
