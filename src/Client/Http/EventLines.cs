using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DagmmStream.Client.Http;

/// <summary>Events as the lines of NDJSON that the service reads.</summary>
internal static class EventLines
{
    public static ReadOnlyMemory<byte> Write(StreamDefinition definition, EventBatch batch)
    {
        var lines = new ArrayBufferWriter<byte>(batch.Features.Length * 3);
        using var json = new Utf8JsonWriter(lines);
        var width = definition.Features.Length;
        var features = MemoryMarshal.Cast<byte, float>(batch.Features.AsSpan());
        var categorical = Producing.CategoryCells.Categorical(definition).ToHashSet();
        for (var i = 0; i < batch.Count; i++)
        {
            var isBackFill = batch.Marks is { } marks && ((EventMarks)marks[i]).HasFlag(EventMarks.BackFill);
            WriteEvent(json, EventTimes.Read(batch, i), features.Slice(i * width, width), batch.Names, categorical, isBackFill);
            json.Flush();
            json.Reset();
            lines.Write("\n"u8);
        }

        return lines.WrittenMemory;
    }

    public static ReadOnlyMemory<byte> Write(StreamDefinition definition, ProbeEvent probe)
    {
        var line = new ArrayBufferWriter<byte>(probe.Features.Length * 3);
        using var json = new Utf8JsonWriter(line);
        var categorical = Producing.CategoryCells.Categorical(definition).ToHashSet();
        WriteEvent(json, probe.Time, MemoryMarshal.Cast<byte, float>(probe.Features), probe.Names, categorical, isBackFill: false);
        json.Flush();
        return line.WrittenMemory;
    }

    private static void WriteEvent(
        Utf8JsonWriter json, long? time, ReadOnlySpan<float> features, string[]? names, HashSet<int> categorical, bool isBackFill)
    {
        json.WriteStartObject();
        if (time is { } known) json.WriteNumber("time"u8, known);
        if (isBackFill) json.WriteBoolean("backFill"u8, true);
        json.WriteStartArray("features"u8);
        for (var i = 0; i < features.Length; i++)
        {
            if (float.IsNaN(features[i])) json.WriteNullValue();
            else if (categorical.Contains(i)) json.WriteStringValue(names![(int)features[i]]);
            else json.WriteNumberValue(features[i]);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
