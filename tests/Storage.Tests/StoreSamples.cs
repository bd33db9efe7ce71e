using DagmmStream.Storage.Journal;

namespace DagmmStream.Storage.Tests;

/// <summary>Batches to write, and what is asked of a journal again and again.</summary>
internal static class StoreSamples
{
    private const int Features = 8;

    public static JournalAppend Batch(
        PartitionHandle partition, long offset, int count = 4, string producer = "p", bool journaled = true, byte rate = 255, long time = 0)
    {
        var features = new byte[count * Features * sizeof(float)];
        for (var i = 0; i < features.Length; i++) features[i] = (byte)(offset + i);
        var scores = new EventScore[count];
        for (var i = 0; i < count; i++)
            scores[i] = new EventScore(offset + i, time + offset + i, offset + i, 0.5 * i, i, 0.25, Verdict.Normal, 3);
        return new JournalAppend
        {
            Partition = partition,
            Record = journaled
                ? new JournalRecord
                {
                    FirstOffset = offset, Count = count, Producer = producer, FirstSequence = offset, SamplingRate = rate,
                    Features = features,
                }
                : null,
            Scores = ScoreBlock.From(scores),
        };
    }

    public static async Task<List<JournalRecord>> ReadAllAsync(IJournal journal, PartitionHandle partition, long from = 0)
    {
        var records = new List<JournalRecord>();
        await foreach (var record in journal.ReadAsync(partition, from, TestContext.Current.CancellationToken)) records.Add(record);
        return records;
    }

    public static async Task<DagmmStreamException> ThrowsAsync(ErrorCode code, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(action);
        Assert.Equal(code, exception.Code);
        return exception;
    }
}
