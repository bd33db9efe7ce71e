using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>Byte form of a training state, bit for bit; the model's description is not part of it.</summary>
public static class TrainingStateCodec
{
    /// <summary>Writes a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="writer">Receives the values.</param>
    public static void Write(TrainingState state, CheckpointWriter writer)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(writer);
        writer.Write(state.Seed);
        writer.Write(state.Step);
        writer.Write(state.Updates);
        writer.Write(state.Weights.AsSpan());
        writer.Write(state.FirstMoment.AsSpan());
        writer.Write(state.SecondMoment.AsSpan());
    }

    /// <summary>Reads a state.</summary>
    /// <param name="layout">Layout of the model whose state it is.</param>
    /// <param name="reader">At the first value.</param>
    /// <returns>The state.</returns>
    /// <exception cref="CheckpointException">The arrays do not fit the layout, or a counter is negative.</exception>
    public static TrainingState Read(ParameterLayout layout, CheckpointReader reader)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(reader);
        var seed = reader.ReadUInt64();
        var (step, updates) = (reader.ReadInt64(), reader.ReadInt64());
        if (step < 0 || updates < 0 || updates > step)
            throw CheckpointReader.Malformed($"step {step} with {updates} updates is impossible");
        return new TrainingState(
            layout, reader.ReadSingles(layout.Length), reader.ReadSingles(layout.Length), reader.ReadSingles(layout.Length), seed, step,
            updates);
    }
}
