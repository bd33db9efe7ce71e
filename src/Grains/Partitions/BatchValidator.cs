using System.Runtime.InteropServices;

namespace DagmmStream.Grains.Partitions;

/// <summary>Checks a batch against a stream's schema before anything is numbered.</summary>
internal static class BatchValidator
{
    private const int MaxProducerLength = 128;

    /// <summary>Throws when a batch cannot be accepted, now or later.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidBatch"/>, <see cref="ErrorCode.InvalidSequence"/> or
    /// <see cref="ErrorCode.InvalidEvent"/>; names event, feature and value.</exception>
    public static void Validate(EventBatch batch, StreamDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Producer is not { Length: >= 1 and <= MaxProducerLength })
            throw Batch($"the producer's name has {batch.Producer?.Length ?? 0} characters; use 1 to {MaxProducerLength}");
        if (batch.Count is < 1 or > EventBatch.MaxEvents)
            throw Batch($"a batch of {batch.Count} events; send 1 to {EventBatch.MaxEvents}");
        if (batch.FirstSequence < 0)
            throw new DagmmStreamException(ErrorCode.InvalidSequence, $"sequence {batch.FirstSequence} is negative; sequences start at 0");
        if (batch.Times is null || batch.Times.Length != batch.Count * sizeof(long))
            throw Batch($"{batch.Times?.Length ?? 0} bytes of times for {batch.Count} events; send {sizeof(long)} per event");
        if (batch.Marks is { } marks && marks.Length != batch.Count)
            throw Batch($"{marks.Length} marks for {batch.Count} events; send one per event, or none");
        var width = definition.Features.Length;
        if (batch.Features is null || batch.Features.Length != batch.Count * width * sizeof(float))
            throw WrongWidth(batch, definition);
        var values = MemoryMarshal.Cast<byte, float>(batch.Features);
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i])) throw NotFinite(batch, definition, i, values[i]);
    }

    /// <summary>Throws when one feature vector cannot be scored.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>.</exception>
    public static void ValidateEvent(byte[] features, StreamDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(features);
        if (features.Length != definition.Features.Length * sizeof(float))
            throw Event($"{features.Length / sizeof(float)} features; stream \"{definition.Name}\" has {definition.Features.Length}");
        var values = MemoryMarshal.Cast<byte, float>(features);
        for (var i = 0; i < values.Length; i++)
            if (!float.IsFinite(values[i])) throw Event($"feature \"{definition.Features[i]}\" is {values[i]}; send a finite number");
    }

    private static DagmmStreamException WrongWidth(EventBatch batch, StreamDefinition definition)
    {
        var sent = (double)(batch.Features?.Length ?? 0) / sizeof(float) / batch.Count;
        return Event($"{sent:0.##} features per event; stream \"{definition.Name}\" has {definition.Features.Length}: "
            + string.Join(", ", definition.Features.Take(8)) + (definition.Features.Length > 8 ? ", …" : ""));
    }

    private static DagmmStreamException NotFinite(EventBatch batch, StreamDefinition definition, int index, float value)
    {
        var width = definition.Features.Length;
        return Event($"feature \"{definition.Features[index % width]}\" of event {index / width} of the batch "
            + $"(sequence {batch.FirstSequence + (index / width)}) is {value}; send a finite number");
    }

    private static DagmmStreamException Batch(string message) => new(ErrorCode.InvalidBatch, message);

    private static DagmmStreamException Event(string message) => new(ErrorCode.InvalidEvent, message);
}
