using DagmmStream.Storage.Scores;

namespace DagmmStream.Storage.Tests;

/// <summary>A history as earlier schemas wrote it, one row per event, with a hole: what a migration must make of it.</summary>
internal static class MigratedScores
{
    public const int Last = 699;
    public const int Missing = 300;

    public static async Task AssertAsync(StoreScoreHistory history, PartitionId partition)
    {
        var scores = await history.ReadAsync(partition, 0, 1000, TestContext.Current.CancellationToken);
        Assert.Equal(
            Enumerable.Range(0, Last + 1).Where(n => n != Missing).Select(Expected),
            Enumerable.Range(0, scores.Count).Select(i => scores[i]));
    }

    private static EventScore Expected(int n) =>
        new(n, 10L * n, n + 5, n == 0 ? double.NaN : n / 2.0, n, 0.5, (Verdict)1, 7, EventFlags.None);
}
