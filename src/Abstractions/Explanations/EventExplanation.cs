using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// Why an event got its energy (docs/model.md, "Explanation"): a function of the snapshot and the event alone. The parts add up to the
/// distance of the energy from what is typical.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.event-explanation")]
public sealed record EventExplanation
{
    /// <summary>The score that is explained, with offset, time and snapshot version; the offset of a probe is -1.</summary>
    [Id(0)]
    public required EventScore Score { get; init; }

    /// <summary>Energy of a typical event under the snapshot: mean over the members of the median over the window.</summary>
    [Id(1)]
    public required double MedianEnergy { get; init; }

    /// <summary>What the energy above or below the median comes from: the latent code, then each reconstruction feature. Their sum is
    /// energy - median energy.</summary>
    [Id(2)]
    public required ImmutableArray<EnergyPart> Parts { get; init; }

    /// <summary>What was expected of each feature, in the order of the stream's definition.</summary>
    [Id(3)]
    public required ImmutableArray<FeatureExplanation> Features { get; init; }

    /// <summary>Probability of each component given the event [M K], member by member; each member's sum to 1.</summary>
    [Id(4)]
    public required ImmutableArray<double> Memberships { get; init; }

    /// <summary>Members M.</summary>
    [Id(5)]
    public required int Members { get; init; }

    /// <summary>What the model was given: the event's features as numbers, with lags and differences.</summary>
    [Id(6)]
    public ImmutableArray<float> Input { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(EventExplanation? other) =>
        other is not null && Score.Equals(other.Score) && MedianEnergy.Equals(other.MedianEnergy) && Members == other.Members
        && Parts.AsSpan().SequenceEqual(other.Parts.AsSpan()) && Features.AsSpan().SequenceEqual(other.Features.AsSpan())
        && Memberships.AsSpan().SequenceEqual(other.Memberships.AsSpan())
        && Input.AsSpan().SequenceEqual(other.Input.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Score, MedianEnergy, Features.Length);
}
