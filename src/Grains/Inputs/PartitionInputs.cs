using System.Runtime.InteropServices;
using DagmmStream.Grains.Explanations;
using DagmmStream.Storage.Journal;

namespace DagmmStream.Grains.Inputs;

/// <summary>What admission does with a batch's features: plain numbers pass on as they came, others are encoded.</summary>
/// <param name="columns">The columns of the model's input.</param>
/// <param name="encoder">Stands at the partition's next offset; null for plain numbers.</param>
/// <param name="recent">Keeps the newest rows.</param>
internal sealed class PartitionInputs(InputColumns columns, InputEncoder? encoder, RecentInputs recent)
{
    public InputColumns Columns => columns;

    /// <summary>The newest rows.</summary>
    public RecentInputs Recent => recent;

    /// <summary>What was met so far.</summary>
    public InputTallies Tallies => encoder?.Tallies ?? default;

    /// <summary>Takes the events of a validated batch from one on.</summary>
    public AdmittedInputs Take(EventBatch batch, int start, long firstOffset)
    {
        var count = batch.Count - start;
        if (encoder is null)
        {
            var features = batch.Features.AsMemory(start * columns.Width * sizeof(float));
            recent.Add(firstOffset, count, features);
            return new AdmittedInputs(features, [], features);
        }

        var journaled = RawBatch.Encode(batch, start, columns.Values.Length);
        var (rows, flags) = Encode(journaled, count, 0);
        recent.Add(firstOffset, count, rows);
        return new AdmittedInputs(rows, flags, journaled);
    }

    /// <summary>Takes the events of a journal record from an offset on: what was admitted before a restart.</summary>
    public void Replay(JournalRecord record, long fromOffset)
    {
        var start = (int)Math.Max(0, fromOffset - record.FirstOffset);
        if (start >= record.Count && encoder is not null) return;
        if (encoder is null) recent.Add(record.FirstOffset, record.Count, record.Features);
        else recent.Add(record.FirstOffset + start, record.Count - start, Encode(record.Features.Span, record.Count, start).Rows);
    }

    /// <summary>What the model would be given for an event; nothing is remembered.</summary>
    public float[] Probe(ProbeEvent probe, long time, out EventFlags flags)
    {
        flags = EventFlags.None;
        var raw = MemoryMarshal.Cast<byte, float>(probe.Features);
        if (encoder is null) return raw.ToArray();
        var row = new float[columns.Width];
        flags = encoder.Encode(raw, probe.Names, time, row, isProbe: true);
        return row;
    }

    /// <summary>The name that a column of a categorical feature stands for; null for a free or a shared one.</summary>
    public string? NameOf(int feature, int column) => encoder?.NameOf(feature, column);

    private (byte[] Rows, EventFlags[] Flags) Encode(ReadOnlySpan<byte> journaled, int count, int start)
    {
        var (width, features) = (columns.Width, columns.Values.Length);
        var raw = RawBatch.Decode(journaled, count, features);
        var (bytes, flags) = (new byte[(count - start) * width * sizeof(float)], new EventFlags[count - start]);
        var rows = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        for (var i = start; i < count; i++)
        {
            flags[i - start] = encoder!.Encode(
                raw.Values.Slice(i * features, features), raw.Names, raw.Times[i], rows.Slice((i - start) * width, width));
        }

        return (bytes, flags);
    }
}
