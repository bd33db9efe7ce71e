using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Notices that the mean of a bounded signal has changed: ADWIN (Bifet and Gavaldà 2007). Keeps a window of values in buckets of doubling
/// size, O(log n) of them, and drops its older part whenever the means of two parts differ by more than chance (with confidence 1 - delta)
/// allows; of several such places it takes the newest.
/// </summary>
internal sealed class ChangeDetector
{
    // Buckets of one size before two are merged: the paper's M, its own choice of 5.
    private const int BucketsPerSize = 5;
    private const int SmallestPart = 16;
    private const int MaximumBuckets = 64 * BucketsPerSize;
    private readonly double _delta;

    // Oldest first: size and sum of each bucket.
    private readonly List<(long Size, double Sum)> _buckets = [];

    public ChangeDetector(double delta) => _delta = delta;

    /// <summary>Values in the window.</summary>
    public long Count { get; private set; }

    /// <summary>Mean of the window; 0 without values.</summary>
    public double Mean => Count == 0 ? 0 : Sum / Count;

    private double Sum { get; set; }

    /// <summary>Adds a value in [0, 1].</summary>
    public void Add(double value)
    {
        _buckets.Add((1, value));
        (Count, Sum) = (Count + 1, Sum + value);
        for (var newest = _buckets.Count - 1; ;)
        {
            var oldest = newest - BucketsPerSize;
            if (oldest < 0 || _buckets[oldest].Size != _buckets[newest].Size) return;
            var (older, newer) = (_buckets[oldest], _buckets[oldest + 1]);
            _buckets[oldest] = (older.Size + newer.Size, older.Sum + newer.Sum);
            _buckets.RemoveAt(oldest + 1);
            newest = oldest;
        }
    }

    /// <summary>Drops what is older than the latest change.</summary>
    /// <returns>New mean less old mean; 0 when nothing has changed.</returns>
    public double Check()
    {
        var change = 0.0;
        while (Cut() is { } cut)
        {
            var (older, olderSum) = (0L, 0.0);
            for (var i = cut; i >= 0; i--) (older, olderSum) = (older + _buckets[i].Size, olderSum + _buckets[i].Sum);
            change += ((Sum - olderSum) / (Count - older)) - (olderSum / older);
            _buckets.RemoveRange(0, cut + 1);
            (Count, Sum) = (Count - older, Sum - olderSum);
        }

        return change;
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(Sum);
        writer.Write(_buckets.Count);
        // Newest first.
        for (var i = _buckets.Count - 1; i >= 0; i--)
        {
            writer.Write(_buckets[i].Size);
            writer.Write(_buckets[i].Sum);
        }
    }

    public static ChangeDetector Read(CheckpointReader reader, double delta)
    {
        // The sum as it ran: adding up the buckets would round differently.
        var detector = new ChangeDetector(delta) { Sum = reader.ReadDouble() };
        var count = reader.ReadInt32();
        if (count is < 0 or > MaximumBuckets) throw CheckpointReader.Malformed($"{count} buckets of a change detector are impossible");
        for (var (i, last) = (0, 1L); i < count; i++)
        {
            var (size, sum) = (reader.ReadInt64(), reader.ReadDouble());
            if (size < last || !(sum >= 0 && sum <= size))
                throw CheckpointReader.Malformed($"a bucket of {size} values and sum {sum} is impossible");
            detector._buckets.Add((size, sum));
            (detector.Count, last) = (detector.Count + size, size);
        }

        detector._buckets.Reverse();
        if (!(detector.Sum >= -1 && detector.Sum <= detector.Count + 1))
            throw CheckpointReader.Malformed($"a change detector of {detector.Count} values cannot have the sum {detector.Sum}");
        return detector;
    }

    /// <summary>The newest bucket of the older part where old and new differ, the newest such place; null if none do.</summary>
    private int? Cut()
    {
        var (mean, newer, newerSum) = (Mean, 0L, 0.0);
        var variance = mean * (1 - mean);
        var log = Math.Log(2 * Math.Log(Math.Max(Count, 3)) / _delta);
        for (var i = _buckets.Count - 1; i > 0; i--)
        {
            (newer, newerSum) = (newer + _buckets[i].Size, newerSum + _buckets[i].Sum);
            var older = Count - newer;
            if (newer < SmallestPart || older < SmallestPart) continue;
            var harmonic = 1 / ((1.0 / newer) + (1.0 / older));
            var bound = Math.Sqrt(2 / harmonic * variance * log) + (2 / (3 * harmonic) * log);
            if (Math.Abs((newerSum / newer) - ((Sum - newerSum) / older)) > bound) return i - 1;
        }

        return null;
    }
}
