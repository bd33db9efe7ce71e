using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// Everything a partition is at an offset: learner, watermarks, counters. A function of the events below that offset alone, so that equal
/// streams give equal bytes, whatever crashed in between.
/// </summary>
internal sealed record PartitionCheckpoint
{
    public required StreamLearner Learner { get; init; }

    public required WatermarkTable Watermarks { get; init; }

    /// <summary>Events below this offset are covered.</summary>
    public required long Offset { get; init; }

    /// <summary>Events left out by the learning policy.</summary>
    public required long NotLearned { get; init; }

    /// <summary>State of the input encoder; empty for plain numbers, and for a stream that begins.</summary>
    public ReadOnlyMemory<byte> Inputs { get; init; }

    public byte[] Encode()
    {
        var writer = new CheckpointWriter();
        writer.Write(NotLearned);
        writer.Write(Watermarks.Count);
        foreach (var (producer, sequence, offset) in Watermarks.Entries())
        {
            writer.Write(producer);
            writer.Write(sequence);
            writer.Write(offset);
        }

        Learner.Write(writer);
        if (!Inputs.IsEmpty) writer.WriteNested(Inputs.Span);
        return writer.Finish(new CheckpointHeader(SpecCodec.Hash(Learner.Spec), Learner.Steps, Offset));
    }

    public static PartitionCheckpoint Decode(
        byte[] payload, ModelSpec spec, LearnerOptions options, ITrainingEngine engine, int maxProducers, InputColumns columns)
    {
        var reader = CheckpointReader.Open(payload, out var header);
        if (header.SpecHash != SpecCodec.Hash(spec))
        {
            throw new CheckpointException(
                CheckpointFailure.Malformed,
                $"the checkpoint is of another model (hash {header.SpecHash:x16}, this stream's is {SpecCodec.Hash(spec):x16})");
        }

        var notLearned = reader.ReadInt64();
        var watermarks = new WatermarkTable(maxProducers);
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++) watermarks.Advance(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64());
        var learner = StreamLearner.Read(reader, spec, options, engine);
        var inputs = columns.Inputs.IsPlain ? default : reader.ReadNestedBytes();
        // What cannot be read is found here, while there is another checkpoint to take.
        InputEncoder.Of(columns, inputs);
        reader.End();
        return new PartitionCheckpoint
        {
            NotLearned = notLearned,
            Watermarks = watermarks,
            Learner = learner,
            Offset = header.Offset,
            Inputs = inputs,
        };
    }
}
