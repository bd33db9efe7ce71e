using System.Collections.Immutable;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Rounds;

/// <summary>What the byte forms of questions and answers share.</summary>
internal static class RoundCodec
{
    /// <summary>Reads none or one value per member, with one more at most.</summary>
    public static ImmutableArray<T> ReadMany<T>(CheckpointReader reader, ParameterLayout layout, Func<CheckpointReader, T> read)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > layout.Spec.Members.Length + 1)
            throw CheckpointReader.Malformed($"{count} parts for {layout.Spec.Members.Length} members are impossible");
        var values = ImmutableArray.CreateBuilder<T>(count);
        for (var i = 0; i < count; i++) values.Add(read(reader));
        return values.MoveToImmutable();
    }
}
