using System.Numerics;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// The most recent scores of a partition, by offset, as encoded rows: readers copy bytes, nothing is decoded. Grows to its bound with use,
/// so that an idle partition costs little, and shrinks when the bound has fallen to half. When it is full the oldest score makes room; the
/// store has it.
/// </summary>
/// <param name="capacity">Scores kept at most, now; at least a batch.</param>
internal sealed class ScoreRing(Func<int> capacity)
{
    private const int InitialRows = 64;

    private byte[] _rows = new byte[InitialRows * ScoreBlock.RowBytes];
    private readonly Dictionary<string, List<(long FirstSequence, long FirstOffset, int Count)>> _ranges = new(StringComparer.Ordinal);

    /// <summary>First offset kept.</summary>
    public long FirstOffset { get; private set; }

    /// <summary>One past the last offset kept.</summary>
    public long NextOffset { get; private set; }

    private int RowCapacity => _rows.Length / ScoreBlock.RowBytes;

    /// <summary>Starts over at an offset, empty.</summary>
    public void Reset(long nextOffset)
    {
        FirstOffset = NextOffset = nextOffset;
        _ranges.Clear();
    }

    /// <summary>Appends the scores of consecutive events of one producer.</summary>
    /// <param name="scores">Scores whose first offset is <see cref="NextOffset"/>.</param>
    /// <param name="producer">The producer; null when it is not known any more (scores read back from the store).</param>
    public void Append(ScoreBlock scores, string? producer)
    {
        if (scores.Count == 0) return;
        var first = scores[0];
        if (first.Offset != NextOffset)
            throw new InvalidOperationException($"scores start at offset {first.Offset}, expected {NextOffset}");
        Fit(scores.Count);
        for (var i = 0; i < scores.Count; i++)
            scores.Data.AsSpan(i * ScoreBlock.RowBytes, ScoreBlock.RowBytes).CopyTo(Row(NextOffset + i));
        NextOffset += scores.Count;
        FirstOffset = Math.Max(FirstOffset, NextOffset - RowCapacity);
        if (producer is not null) Remember(producer, first.Sequence, first.Offset, scores.Count);
    }

    /// <summary>Reads scores from an offset that is kept.</summary>
    public ScoreBlock Read(long fromOffset, int maxCount)
    {
        var count = (int)Math.Clamp(NextOffset - fromOffset, 0, maxCount);
        var data = new byte[count * ScoreBlock.RowBytes];
        for (var i = 0; i < count; i++) Row(fromOffset + i).CopyTo(data.AsSpan(i * ScoreBlock.RowBytes));
        return new ScoreBlock(data);
    }

    /// <summary>Copies the scores that a producer's events got, for events that are sent again.</summary>
    /// <param name="producer">The producer.</param>
    /// <param name="firstSequence">First sequence wanted.</param>
    /// <param name="destination">Rows to fill; a row whose score has left the ring gets offset -1 and its sequence.</param>
    /// <param name="count">Rows wanted.</param>
    public void CopyOfProducer(string producer, long firstSequence, Span<byte> destination, int count)
    {
        var ranges = _ranges.GetValueOrDefault(producer);
        for (var i = 0; i < count; i++)
        {
            var sequence = firstSequence + i;
            var row = destination.Slice(i * ScoreBlock.RowBytes, ScoreBlock.RowBytes);
            var index = ranges?.FindLastIndex(range => sequence >= range.FirstSequence && sequence < range.FirstSequence + range.Count)
                ?? -1;
            var offset = index < 0 ? -1 : ranges![index].FirstOffset + (sequence - ranges[index].FirstSequence);
            if (offset >= FirstOffset && offset >= 0) Row(offset).CopyTo(row);
            else ScoreBlock.Write(new EventScore(-1, 0, sequence, double.NaN, double.NaN, 1, Verdict.WarmingUp, 0), row);
        }
    }

    private void Remember(string producer, long firstSequence, long firstOffset, int count)
    {
        if (!_ranges.TryGetValue(producer, out var ranges)) _ranges.Add(producer, ranges = []);
        ranges.RemoveAll(range => range.FirstOffset + range.Count <= FirstOffset);
        var last = ranges.Count - 1;
        var continues = last >= 0 && ranges[last].FirstSequence + ranges[last].Count == firstSequence
            && ranges[last].FirstOffset + ranges[last].Count == firstOffset;
        if (continues) ranges[last] = ranges[last] with { Count = ranges[last].Count + count };
        else ranges.Add((firstSequence, firstOffset, count));
        if (_ranges.Count > RowCapacity) DropSilentProducers();
    }

    private void DropSilentProducers()
    {
        foreach (var (producer, ranges) in _ranges)
            if (ranges[^1].FirstOffset + ranges[^1].Count <= FirstOffset) _ranges.Remove(producer);
    }

    private Span<byte> Row(long offset) => _rows.AsSpan((int)(offset % RowCapacity) * ScoreBlock.RowBytes, ScoreBlock.RowBytes);

    private void Fit(int more)
    {
        var bound = capacity();
        var kept = (int)Math.Min(NextOffset - FirstOffset, bound);
        var wanted = Math.Min(bound, kept + more);
        var rows = RowCapacity;
        if (rows >= 2 * bound) rows = bound;
        else if (rows < wanted) rows = Math.Min(bound, (int)BitOperations.RoundUpToPowerOf2((uint)wanted));
        if (rows == RowCapacity) return;
        FirstOffset = NextOffset - kept;
        var old = Read(FirstOffset, kept);
        _rows = new byte[rows * ScoreBlock.RowBytes];
        for (var i = 0; i < kept; i++)
            old.Data.AsSpan(i * ScoreBlock.RowBytes, ScoreBlock.RowBytes).CopyTo(Row(FirstOffset + i));
    }
}
