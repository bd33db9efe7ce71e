using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Rounds;

/// <summary>
/// What partitions answer to a <see cref="RoundQuestion"/>; answers to the same question are merged in any grouping. Immutable.
/// </summary>
internal sealed record RoundAnswer
{
    /// <summary>Answer to <see cref="RoundQuestionKind.Collect"/>.</summary>
    public RoundContribution? Contribution { get; init; }

    /// <summary>Per member moments of z.</summary>
    public ImmutableArray<LatentMoments> Moments { get; init; } = [];

    /// <summary>Per member mixture statistics.</summary>
    public ImmutableArray<MixtureStatistics> Statistics { get; init; } = [];

    /// <summary>
    /// Distances from the history; or per member the energies; or live scores and, with an anchor, the scores.
    /// </summary>
    public ImmutableArray<QuantileSketch> Sketches { get; init; } = [];

    /// <summary>The answer of the union.</summary>
    public static RoundAnswer Merge(RoundAnswer left, RoundAnswer right) => new()
    {
        Contribution = left.Contribution is null || right.Contribution is null ? left.Contribution ?? right.Contribution
            : RoundContribution.Merge(left.Contribution, right.Contribution),
        Moments = Merge(left.Moments, right.Moments, LatentMoments.Merge),
        Statistics = Merge(left.Statistics, right.Statistics, MixtureStatistics.Merge),
        Sketches = Merge(left.Sketches, right.Sketches, QuantileSketch.Merge),
    };

    public byte[] ToBytes()
    {
        var writer = new CheckpointWriter();
        writer.Write(Contribution is not null);
        Contribution?.Write(writer);
        writer.Write(Moments.Length);
        foreach (var moments in Moments) moments.Write(writer);
        writer.Write(Statistics.Length);
        foreach (var statistics in Statistics) statistics.Write(writer);
        writer.Write(Sketches.Length);
        foreach (var sketch in Sketches) sketch.Write(writer);
        return writer.ToArray();
    }

    /// <exception cref="CheckpointException">The bytes are no answer of a partition of this model.</exception>
    public static RoundAnswer FromBytes(byte[] bytes, ParameterLayout layout, LearnerOptions options)
    {
        var reader = new CheckpointReader(bytes);
        var answer = new RoundAnswer
        {
            Contribution = reader.ReadBoolean() ? RoundContribution.Read(reader, options) : null,
            Moments = RoundCodec.ReadMany(reader, layout, LatentMoments.Read),
            Statistics = RoundCodec.ReadMany(reader, layout, MixtureStatistics.Read),
            Sketches = RoundCodec.ReadMany(reader, layout, QuantileSketch.Read),
        };
        reader.End();
        return answer;
    }

    private static ImmutableArray<T> Merge<T>(ImmutableArray<T> left, ImmutableArray<T> right, Func<T, T, T> merge) =>
        [.. left.Zip(right, merge)];
}
