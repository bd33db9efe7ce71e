using System.Collections.Concurrent;
using DagmmStream.Client;

namespace DagmmStream.Bench.Chaos;

/// <summary>The producers' own record: which sequences were acknowledged on which partition, and when.</summary>
internal sealed class AcknowledgementLog(TimeProvider time)
{
    // Pauses below it are batching and scheduling.
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    // How long after a fault a pause may begin and still be its doing: a frozen silo answers nothing from the first moment, but a client
    // may have an answer on its way.
    private static readonly TimeSpan Onset = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<PartitionId, PartitionLog> _partitions = new();

    public IReadOnlyCollection<PartitionId> Partitions => [.. _partitions.Keys];

    public void Add(string stream, PushAcknowledgement batch)
    {
        var log = _partitions.GetOrAdd(new PartitionId(stream, batch.Partition), _ => new PartitionLog());
        lock (log)
        {
            log.Times.Add(time.GetTimestamp());
            for (var i = 0; i < batch.Count; i++) log.Sequences.Add(batch.FirstSequence + i);
        }
    }

    /// <summary>Sequences acknowledged on a partition, in the order of their acknowledgement.</summary>
    public long[] Sequences(PartitionId partition)
    {
        var log = _partitions[partition];
        lock (log) return [.. log.Sequences];
    }

    /// <summary>How long the partitions that a fault stopped gave no acknowledgement; empty when none paused noticeably.</summary>
    /// <param name="fault">When the fault was done.</param>
    /// <param name="next">When the next one was: what had not been a noticeable pause by then is its doing.</param>
    public IReadOnlyList<TimeSpan> Pauses(long fault, long next)
    {
        var pauses = new List<TimeSpan>();
        foreach (var log in _partitions.Values)
            lock (log)
                pauses.Add(LongestPause(log.Times, fault, next));
        return [.. pauses.Where(pause => pause >= Noticeable).Order()];
    }

    private TimeSpan LongestPause(List<long> times, long fault, long next)
    {
        var longest = TimeSpan.Zero;
        for (var i = 1; i < times.Count; i++)
        {
            if (times[i] < fault) continue;
            var from = Math.Max(times[i - 1], fault);
            if (time.GetElapsedTime(fault, from) > Onset) break;
            if (times[i] > next && time.GetElapsedTime(from, next) < Noticeable) break;
            var pause = time.GetElapsedTime(from, times[i]);
            if (pause > longest) longest = pause;
        }

        return longest;
    }

    private sealed class PartitionLog
    {
        public List<long> Times { get; } = [];

        public List<long> Sequences { get; } = [];
    }
}
