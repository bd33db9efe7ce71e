namespace DagmmStream.Grains.Partitions;

/// <summary>
/// The watermark of every producer of a partition: the highest sequence accepted without a gap. Bounded: beyond the bound the producer
/// that was silent for longest is forgotten, by offset and not by time, so that a replay forgets the same.
/// </summary>
/// <param name="capacity">Producers that are remembered.</param>
internal sealed class WatermarkTable(int capacity)
{
    private readonly Dictionary<string, (long Sequence, long Offset)> _watermarks = new(StringComparer.Ordinal);

    /// <summary>Number of producers remembered.</summary>
    public int Count => _watermarks.Count;

    /// <summary>A producer's watermark; -1 if it is unknown.</summary>
    public long this[string producer] => _watermarks.TryGetValue(producer, out var entry) ? entry.Sequence : -1;

    /// <summary>Raises a producer's watermark after an accepted event.</summary>
    /// <param name="producer">Name of the producer.</param>
    /// <param name="sequence">Its last accepted sequence.</param>
    /// <param name="offset">Offset of that event.</param>
    public void Advance(string producer, long sequence, long offset)
    {
        if (_watermarks.TryGetValue(producer, out var entry) && entry.Sequence >= sequence) return;
        _watermarks[producer] = (sequence, offset);
        if (_watermarks.Count <= capacity) return;
        var oldest = _watermarks.MinBy(pair => pair.Value.Offset).Key;
        _watermarks.Remove(oldest);
    }

    /// <summary>All entries in ordinal order of the producers' names, so that equal tables give equal bytes.</summary>
    public IEnumerable<(string Producer, long Sequence, long Offset)> Entries() =>
        _watermarks.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value.Sequence, pair.Value.Offset));

    /// <summary>A copy that shares nothing.</summary>
    public WatermarkTable Clone()
    {
        var copy = new WatermarkTable(capacity);
        foreach (var (producer, entry) in _watermarks) copy._watermarks.Add(producer, entry);
        return copy;
    }
}
