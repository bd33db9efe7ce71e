using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Rounds;

/// <summary>What partitions bring to a round: a mergeable summary of what they have learned and seen. Immutable.</summary>
internal sealed record RoundContribution
{
    /// <summary>The partitions, in the order of merging.</summary>
    public required ImmutableArray<RoundParticipant> Participants { get; init; }

    /// <summary>Their weights, averaged.</summary>
    public required WeightAverage Weights { get; init; }

    /// <summary>Summary of the features of their windows.</summary>
    public required FeatureScaler Window { get; init; }

    /// <summary>Summary of the features of all events they have seen.</summary>
    public required FeatureScaler History { get; init; }

    /// <summary>Events they have accepted.</summary>
    public required long Accepted { get; init; }

    /// <summary>Newest snapshot that one of them scores with.</summary>
    public required long Version { get; init; }

    /// <summary>Scores of their most recent events.</summary>
    public required QuantileDigest Recent { get; init; }

    /// <summary>What their guards say about the anchor.</summary>
    public required AnchorKeeper Anchor { get; init; }

    /// <summary>True while one of them suspects a drift.</summary>
    public required bool IsSuspicious { get; init; }

    /// <summary>Raw rows [n, d] of the windows, for the one warm-up; else empty.</summary>
    public float[] WarmUpRows { get; init; } = [];

    /// <summary>The contribution of the union.</summary>
    public static RoundContribution Merge(RoundContribution left, RoundContribution right) => new()
    {
        Participants = [.. left.Participants, .. right.Participants],
        Weights = WeightAverage.Merge(left.Weights, right.Weights),
        Window = FeatureScaler.Merge(left.Window, right.Window),
        History = FeatureScaler.Merge(left.History, right.History),
        Accepted = left.Accepted + right.Accepted,
        Version = Math.Max(left.Version, right.Version),
        Recent = QuantileDigest.Merge(left.Recent, right.Recent),
        Anchor = AnchorKeeper.Merge(left.Anchor, left.Window.Count, right.Anchor, right.Window.Count),
        IsSuspicious = left.IsSuspicious || right.IsSuspicious,
        WarmUpRows = [.. left.WarmUpRows, .. right.WarmUpRows],
    };

    public void Write(CheckpointWriter writer)
    {
        RoundParticipant.Write(Participants, writer);
        Weights.Write(writer);
        Window.Write(writer);
        History.Write(writer);
        writer.Write(Accepted);
        writer.Write(Version);
        Recent.Write(writer);
        Anchor.Write(writer);
        writer.Write(IsSuspicious);
        writer.Write((ReadOnlySpan<float>)WarmUpRows);
    }

    public static RoundContribution Read(CheckpointReader reader, LearnerOptions options) => new()
    {
        Participants = RoundParticipant.ReadAll(reader),
        Weights = WeightAverage.Read(reader),
        Window = FeatureScaler.Read(reader),
        History = FeatureScaler.Read(reader),
        Accepted = reader.ReadInt64(),
        Version = reader.ReadInt64(),
        Recent = QuantileDigest.Read(reader),
        Anchor = AnchorKeeper.Read(reader, options),
        IsSuspicious = reader.ReadBoolean(),
        WarmUpRows = reader.ReadSingles(),
    };
}
