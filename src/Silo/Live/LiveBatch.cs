using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace DagmmStream.Silo.Live;

/// <summary>New scores of one partition, as columns.</summary>
public sealed record LiveBatch
{
    /// <summary>Name of the stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Number of the partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Events that the batch stands for: offsets <see cref="FirstOffset"/> to <see cref="NextOffset"/> - 1.</summary>
    public required long Events { get; init; }

    /// <summary>First offset.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>One past the last offset: where the next batch begins.</summary>
    public required long NextOffset { get; init; }

    /// <summary>Offsets of the points: of every event, or, with <c>points</c>, of the lowest and highest and of every anomaly.</summary>
    public required ImmutableArray<long> Offset { get; init; }

    /// <summary>Event times, milliseconds since 1970-01-01 UTC.</summary>
    public required ImmutableArray<double> Time { get; init; }

    /// <summary>Energies; null while warming up.</summary>
    public required ImmutableArray<double> Energy { get; init; }

    /// <summary>Scores; null while warming up.</summary>
    public required ImmutableArray<double> Score { get; init; }

    /// <summary>p-values.</summary>
    public required ImmutableArray<double> PValue { get; init; }

    /// <summary>Verdicts: 0 warming up, 1 normal, 2 anomalous.</summary>
    public required ImmutableArray<int> Verdict { get; init; }

    /// <summary>The producer's sequences; only with <c>columns=all</c>, as the following two.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<long>? Sequence { get; init; }

    /// <summary>Flags, added up: 1 imputed, 2 late, 4 unseen category, 8 restarted, 16 back-filled, 32 suppressed, 64 raised,
    /// 128 provisional.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<int>? Flags { get; init; }

    /// <summary>Versions of the snapshots that scored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ImmutableArray<long>? Snapshot { get; init; }

    /// <summary>Version of the snapshot that scored the last event; 0 while warming up.</summary>
    public required long SnapshotVersion { get; init; }
}
