using System.Runtime.InteropServices;
using DagmmStream.Grains.Inputs;

namespace DagmmStream.Grains.Partitions;

/// <summary>Checks a batch against a stream's schema before anything is numbered.</summary>
internal static class BatchValidator
{
    private const int MaxProducerLength = 128;
    private const int MaxNameLength = 256;

    /// <summary>Throws when a batch cannot be accepted, now or later.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidBatch"/>, <see cref="ErrorCode.InvalidSequence"/> or
    /// <see cref="ErrorCode.InvalidEvent"/>; names event, feature and value.</exception>
    public static void Validate(EventBatch batch, StreamDefinition definition, InputColumns columns)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Producer is not { Length: >= 1 and <= MaxProducerLength })
            throw Batch($"the producer's name has {batch.Producer?.Length ?? 0} characters; use 1 to {MaxProducerLength}");
        if (batch.Count is < 1 or > EventBatch.MaxEvents)
            throw Batch($"a batch of {batch.Count} events; send 1 to {EventBatch.MaxEvents}");
        if (batch.FirstSequence < 0)
            throw new DagmmStreamException(ErrorCode.InvalidSequence, $"sequence {batch.FirstSequence} is negative; sequences start at 0");
        ValidateTimes(batch);
        if (batch.Marks is { } marks && marks.Length != batch.Count)
            throw Batch($"{marks.Length} marks for {batch.Count} events; send one per event, or none");
        var width = definition.Features.Length;
        if (batch.Features is null || batch.Features.Length != batch.Count * width * sizeof(float))
            throw WrongWidth(batch, definition);
        ValidateNames(batch.Names, batch.Count);
        var values = MemoryMarshal.Cast<byte, float>(batch.Features);
        if (definition.Inputs.IsPlain && !HasNonFinite(values)) return;
        for (var i = 0; i < values.Length; i++)
            if (Fault(columns.Values[i % width].Type, values[i], batch.Names) is { } fault) throw Bad(batch, definition, i, fault);
    }

    private static void ValidateTimes(EventBatch batch)
    {
        var length = batch.Times?.Length ?? 0;
        if (length == batch.Count * sizeof(long)) return;
        if (length != batch.Count * EventTimes.OffsetBytes)
            throw Batch($"{length} bytes of times for {batch.Count} events; send {EventTimes.OffsetBytes} or {sizeof(long)} per event");
        if (batch.TimeBase > long.MaxValue - uint.MaxValue)
            throw Batch($"the time base {batch.TimeBase} is beyond what offsets can be added to; send absolute times");
    }

    /// <summary>Throws when one event cannot be scored.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>.</exception>
    public static void ValidateEvent(ProbeEvent probe, StreamDefinition definition, InputColumns columns)
    {
        ArgumentNullException.ThrowIfNull(probe);
        if (probe.Features is null || probe.Features.Length != definition.Features.Length * sizeof(float))
        {
            throw Event($"{(probe.Features?.Length ?? 0) / sizeof(float)} features; stream \"{definition.Name}\" has "
                + $"{definition.Features.Length}");
        }

        ValidateNames(probe.Names, 1);
        var values = MemoryMarshal.Cast<byte, float>(probe.Features);
        for (var i = 0; i < values.Length; i++)
            if (Fault(columns.Values[i].Type, values[i], probe.Names) is { } fault)
                throw Event($"feature \"{definition.Features[i]}\" {fault}");
    }

    private static bool HasNonFinite(ReadOnlySpan<float> values) => values.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);

    /// <summary>What is wrong with one value, and what to do; null if nothing is.</summary>
    private static string? Fault(FeatureType type, float value, string[]? names)
    {
        if (float.IsNaN(value))
        {
            return type.Missing != MissingPolicy.Reject ? null
                : "is NaN; send a finite number, or create the stream with another MissingPolicy for it than Reject";
        }

        if (!float.IsFinite(value)) return $"is {value}; send a finite number";
        if (type.Kind == FeatureKind.Boolean && value is not (0 or 1)) return $"is {value}; it is a boolean: send 0 or 1";
        if (type.Kind != FeatureKind.Categorical) return null;
        var isName = value >= 0 && value < (names?.Length ?? 0) && value == MathF.Floor(value);
        return isName ? null : $"is {value}; it is categorical: send an index into the {names?.Length ?? 0} names of the batch";
    }

    private static void ValidateNames(string[]? names, int events)
    {
        if (names is null) return;
        if (names.Length > events * StreamDefinition.MaxFeatures)
            throw Batch($"{names.Length} names for {events} events; send each once");
        foreach (var name in names)
        {
            if (name is not { Length: >= 1 and <= MaxNameLength })
                throw Batch($"a category's name has {name?.Length ?? 0} characters; use 1 to {MaxNameLength}");
        }
    }

    private static DagmmStreamException WrongWidth(EventBatch batch, StreamDefinition definition)
    {
        var sent = (double)(batch.Features?.Length ?? 0) / sizeof(float) / batch.Count;
        return Event($"{sent:0.##} features per event; stream \"{definition.Name}\" has {definition.Features.Length}: "
            + string.Join(", ", definition.Features.Take(8)) + (definition.Features.Length > 8 ? ", …" : ""));
    }

    private static DagmmStreamException Bad(EventBatch batch, StreamDefinition definition, int index, string fault)
    {
        var width = definition.Features.Length;
        return Event($"feature \"{definition.Features[index % width]}\" of event {index / width} of the batch "
            + $"(sequence {batch.FirstSequence + (index / width)}) {fault}");
    }

    private static DagmmStreamException Batch(string message) => new(ErrorCode.InvalidBatch, message);

    private static DagmmStreamException Event(string message) => new(ErrorCode.InvalidEvent, message);
}
