using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Rounds;

/// <summary>A decided round: what every partition takes over. Written down before it is given out. Immutable.</summary>
internal sealed record RoundRecord
{
    /// <summary>The snapshot that all partitions score with.</summary>
    public required ModelSnapshot Snapshot { get; init; }

    /// <summary>Weights and moments from which the partitions of the round learn on.</summary>
    public required TrainingState State { get; init; }

    /// <summary>Which anchor the snapshot has, and how far it is trusted.</summary>
    public required AnchorKeeper Anchor { get; init; }

    /// <summary>Events accepted by the partitions of the round since the stream began.</summary>
    public required long Accepted { get; init; }

    /// <summary>The partitions whose weights are in it.</summary>
    public required ImmutableArray<RoundParticipant> Participants { get; init; }

    /// <summary>Version of the newest model that was put in the place of another, by import or rollback: this one, or one that this one
    /// was learned from; 0 if there was none.</summary>
    public long Replaced { get; init; }

    /// <summary>
    /// The checkpoints that the partitions take over with <see cref="Replaced"/>: one for all to share, or one for each, empty where none
    /// is known. Empty once all partitions have them.
    /// </summary>
    public ImmutableArray<byte[]> Parts { get; init; } = [];

    /// <summary>Number of the snapshot and of the round.</summary>
    public long Version => Snapshot.Version;

    /// <summary>Events accepted after this round before the next one is due: as often as a single partition publishes.</summary>
    /// <param name="options">How the stream learns.</param>
    public long Interval(LearnerOptions options) =>
        Math.Clamp(Accepted / options.PublishAging, options.PublishInterval, options.PublishIntervalMax);

    /// <summary>True if a model was replaced that a partition still has, or learns on.</summary>
    /// <param name="version">Version of its snapshot.</param>
    public bool HasReplaced(long version) => version < Replaced;

    /// <summary>True if a learner's weights are in it as they are now: nothing is lost when it takes the average.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="seen">Events handed to its learner.</param>
    public bool Includes(int partition, long seen) => Participants.Contains(new RoundParticipant(partition, seen));

    public byte[] ToBytes()
    {
        var writer = new CheckpointWriter();
        TrainingStateCodec.Write(State, writer);
        Snapshot.Write(writer);
        Anchor.Write(writer);
        writer.Write(Accepted);
        RoundParticipant.Write(Participants, writer);
        writer.Write(Replaced);
        writer.Write(Parts.Length);
        foreach (var part in Parts) writer.WriteNested(part);
        return writer.Finish(new CheckpointHeader(SpecCodec.Hash(Snapshot.Layout.Spec), State.Step, Accepted));
    }

    /// <exception cref="CheckpointException">The bytes are damaged, or no round of this model.</exception>
    public static RoundRecord FromBytes(byte[] bytes, ParameterLayout layout, LearnerOptions options)
    {
        var reader = CheckpointReader.Open(bytes, out var header);
        if (header.SpecHash != SpecCodec.Hash(layout.Spec))
            throw CheckpointReader.Malformed($"the round is of another model (hash {header.SpecHash:x16})");
        var record = new RoundRecord
        {
            State = TrainingStateCodec.Read(layout, reader),
            Snapshot = ModelSnapshot.Read(reader),
            Anchor = AnchorKeeper.Read(reader, options),
            Accepted = reader.ReadInt64(),
            Participants = RoundParticipant.ReadAll(reader),
        };
        if (reader.Version >= 5) record = record with { Replaced = reader.ReadInt64(), Parts = ReadParts(reader) };
        reader.End();
        if (record.Replaced < 0 || record.Replaced > record.Version)
            throw CheckpointReader.Malformed($"round {record.Version} cannot follow a model that was replaced as {record.Replaced}");
        if (record.Version < 1 || record.Accepted < 0)
            throw CheckpointReader.Malformed($"round {record.Version} after {record.Accepted} events is impossible");
        return record;
    }

    private static ImmutableArray<byte[]> ReadParts(CheckpointReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0 || (long)count * sizeof(int) > reader.Remaining)
            throw CheckpointReader.Malformed($"{count} checkpoints to take over are impossible");
        var parts = ImmutableArray.CreateBuilder<byte[]>(count);
        for (var i = 0; i < count; i++) parts.Add(reader.ReadNestedBytes().ToArray());
        return parts.MoveToImmutable();
    }
}
