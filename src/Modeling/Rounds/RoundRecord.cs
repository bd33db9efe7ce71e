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

    /// <summary>Number of the snapshot and of the round.</summary>
    public long Version => Snapshot.Version;

    /// <summary>Events accepted after this round before the next one is due: as often as a single partition publishes.</summary>
    /// <param name="options">How the stream learns.</param>
    public long Interval(LearnerOptions options) =>
        Math.Clamp(Accepted / options.PublishAging, options.PublishInterval, options.PublishIntervalMax);

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
        reader.End();
        if (record.Version < 1 || record.Accepted < 0)
            throw CheckpointReader.Malformed($"round {record.Version} after {record.Accepted} events is impossible");
        return record;
    }
}
