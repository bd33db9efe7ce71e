using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Rounds;

/// <summary>A partition in a round, as it stood when it contributed.</summary>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Seen">Events handed to its learner: says which of its states is in the round.</param>
internal readonly record struct RoundParticipant(int Partition, long Seen)
{
    public static void Write(ImmutableArray<RoundParticipant> participants, CheckpointWriter writer)
    {
        writer.Write(participants.Length);
        foreach (var (partition, seen) in participants)
        {
            writer.Write(partition);
            writer.Write(seen);
        }
    }

    public static ImmutableArray<RoundParticipant> ReadAll(CheckpointReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0 || (long)count * (sizeof(int) + sizeof(long)) > reader.Remaining)
            throw CheckpointReader.Malformed($"a round of {count} partitions is impossible");
        var participants = ImmutableArray.CreateBuilder<RoundParticipant>(count);
        for (var i = 0; i < count; i++) participants.Add(new RoundParticipant(reader.ReadInt32(), reader.ReadInt64()));
        return participants.MoveToImmutable();
    }
}
