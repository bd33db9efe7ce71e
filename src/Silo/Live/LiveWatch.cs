namespace DagmmStream.Silo.Live;

/// <summary>The partitions that one connection watches, and how far it has come in each.</summary>
/// <param name="feeds">The partitions.</param>
/// <param name="cursor">Where it stands; every partition is in it.</param>
internal sealed class LiveWatch(IReadOnlyList<(PartitionId Partition, LiveFeed Feed)> feeds, LiveCursor cursor)
{
    private Task? _news;

    /// <summary>Where it stands.</summary>
    public LiveCursor Cursor => cursor;

    /// <summary>Completes when a partition has something new. Asked again before that, it is the same task: the feeds remember who waits,
    /// and somebody who watches a silent stream for days must not be remembered at every sign of life.</summary>
    public Task WhenNews()
    {
        if (_news is not { IsCompleted: false })
        {
            _news = feeds.Count == 1 ? WhenNews(feeds[0]) : Task.WhenAny(feeds.Select(WhenNews));
        }

        return _news;
    }

    /// <summary>Reads what is new, and moves on.</summary>
    public async Task<List<LiveStretch>> ReadAsync(CancellationToken cancellationToken)
    {
        var stretches = new List<LiveStretch>();
        foreach (var (partition, feed) in feeds)
        {
            var from = cursor[partition]!.Value;
            if (await feed.ReadAsync(from, cancellationToken) is not { } stretch) continue;
            stretches.Add(stretch);
            cursor[partition] = stretch.Next;
        }

        return stretches;
    }

    private Task WhenNews((PartitionId Partition, LiveFeed Feed) one) => one.Feed.WhenBeyond(cursor[one.Partition]!.Value);
}
