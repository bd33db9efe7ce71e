using System.Diagnostics;
using DagmmStream.Storage;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;

namespace DagmmStream.Bench.Storage;

/// <summary>Appends batches of events with their scores to a new store and says how many events a second are committed.</summary>
internal static class AppendBench
{
    public const int Partitions = 4;
    public const int Events = 256;
    public const int Features = 8;
    public const int InFlight = 64;
    public const int Total = Rounds * Partitions * Events;
    private const int Rounds = 1000;

    public static async Task<double> RunAsync(IRelationalStore store)
    {
        await store.InitializeAsync(CancellationToken.None);
        var journal = new StoreJournal(store);
        var handles = new PartitionHandle[Partitions];
        for (var p = 0; p < Partitions; p++) handles[p] = await journal.OpenAsync(new PartitionId("bench", p), CancellationToken.None);
        var features = new byte[Events * Features * sizeof(float)];
        new Span<byte>(features).Fill(1);
        var started = Stopwatch.GetTimestamp();
        var pending = new Queue<Task>();
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var handle in handles) pending.Enqueue(journal.AppendAsync(Batch(handle, (long)round * Events, features)));
            while (pending.Count > InFlight) await pending.Dequeue();
        }

        await Task.WhenAll(pending);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        foreach (var handle in handles)
            if (await new StoreScoreHistory(store).GetRangeAsync(handle.Partition, CancellationToken.None) != (0, (long)Rounds * Events))
                throw new InvalidOperationException($"partition {handle.Partition} has lost events");
        return Total / seconds;
    }

    private static JournalAppend Batch(PartitionHandle partition, long offset, byte[] features)
    {
        var scores = new EventScore[Events];
        for (var i = 0; i < Events; i++)
            scores[i] = new EventScore(offset + i, offset + i, offset + i, 0.5 * i, i, 0.25, Verdict.Normal, 3);
        return new JournalAppend
        {
            Partition = partition,
            Record = new JournalRecord
            {
                FirstOffset = offset, Count = Events, Producer = "bench", FirstSequence = offset, SamplingRate = byte.MaxValue,
                Features = features,
            },
            Scores = ScoreBlock.From(scores),
        };
    }
}
