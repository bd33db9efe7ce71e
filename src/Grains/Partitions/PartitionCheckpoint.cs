using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Models;
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
    private const int SchemaVersion = 5;

    /// <summary>What the model's columns stand for.</summary>
    public required ModelSchema Schema { get; init; }

    /// <summary>False for a format before the fifth, which does not say: that schema is taken for the stream's.</summary>
    public bool HasSchema { get; init; } = true;

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
        Schema.Write(writer);
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

    /// <summary>Reads a checkpoint of a stream with the same schema, of whatever number of partitions.</summary>
    /// <exception cref="CheckpointException">The bytes are damaged, or of a stream with another schema or model.</exception>
    public static PartitionCheckpoint Decode(byte[] payload, StreamDefinition definition, ITrainingEngine engine, int maxProducers)
    {
        var reader = CheckpointReader.Open(payload, out var header);
        var own = new ModelSchema(definition);
        var hasSchema = reader.Version >= SchemaVersion;
        var schema = hasSchema ? ModelSchema.Read(reader) : own;
        if (own.Difference(schema) is { } difference) throw new CheckpointException(CheckpointFailure.Malformed, difference);
        var (spec, options) = PartitionModel.Of(definition, schema.Partitions);
        if (header.SpecHash != SpecCodec.Hash(spec))
        {
            throw new CheckpointException(
                CheckpointFailure.Malformed,
                $"the checkpoint is of another model or preset (hash {header.SpecHash:x16}, this stream's is {SpecCodec.Hash(spec):x16})");
        }

        var notLearned = reader.ReadInt64();
        var watermarks = new WatermarkTable(maxProducers);
        var count = reader.ReadInt32();
        for (var i = 0; i < count; i++) watermarks.Advance(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64());
        var learner = StreamLearner.Read(reader, spec, options, engine);
        var inputs = reader.Remaining == 0 ? default : reader.ReadNestedBytes();
        // What cannot be read is found here, while there is another checkpoint to take.
        InputEncoder.Of(new InputColumns(definition), inputs);
        reader.End();
        return new PartitionCheckpoint
        {
            Schema = schema,
            HasSchema = hasSchema,
            NotLearned = notLearned,
            Watermarks = watermarks,
            Learner = learner,
            Offset = header.Offset,
            Inputs = inputs,
        };
    }
}
