using System.Runtime.InteropServices;

namespace DagmmStream.Grains.Explanations;

/// <summary>
/// What the model was given for the most recent events, by offset, so that their scores can be explained and labelled. Holds whole batches
/// without copying them; the oldest make room.
/// </summary>
/// <param name="width">Input columns d.</param>
/// <param name="capacity">Events that are always kept, now; up to one batch more may be.</param>
internal sealed class RecentInputs(int width, Func<int> capacity)
{
    private readonly LinkedList<(long FirstOffset, int Count, ReadOnlyMemory<byte> Rows)> _batches = new();
    private long _count;

    /// <summary>First offset kept; meaningless without events.</summary>
    public long FirstOffset => _batches.First?.Value.FirstOffset ?? 0;

    /// <summary>Adds consecutive events behind those that are there.</summary>
    /// <param name="firstOffset">Offset of the first.</param>
    /// <param name="count">Events n.</param>
    /// <param name="rows">Rows [n, d], 32-bit little-endian floats; must not change any more.</param>
    public void Add(long firstOffset, int count, ReadOnlyMemory<byte> rows)
    {
        if (_batches.Last is { } last && last.Value.FirstOffset + last.Value.Count != firstOffset) Clear();
        _batches.AddLast((firstOffset, count, rows));
        _count += count;
        var bound = capacity();
        while (_batches.First is { } first && _count - first.Value.Count >= bound)
        {
            _count -= first.Value.Count;
            _batches.RemoveFirst();
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _batches.Clear();
        _count = 0;
    }

    /// <summary>Finds one event's row.</summary>
    /// <param name="offset">Offset of the event.</param>
    /// <param name="row">The row [d]; empty when it is not kept.</param>
    /// <returns>True if it is kept.</returns>
    public bool TryGet(long offset, out ReadOnlySpan<float> row)
    {
        for (var node = _batches.Last; node is not null && offset >= FirstOffset; node = node.Previous)
        {
            var (first, count, rows) = node.Value;
            if (offset < first) continue;
            if (offset >= first + count) break;
            row = MemoryMarshal.Cast<byte, float>(rows.Span).Slice((int)(offset - first) * width, width);
            return true;
        }

        row = default;
        return false;
    }
}
