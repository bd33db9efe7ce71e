using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using DagmmStream.Silo.Api;

namespace DagmmStream.Silo.Live;

/// <summary>One reader of live scores: waits for news, gathers them for a moment, and reads every partition from where it stood.</summary>
/// <param name="hub">What is watched.</param>
/// <param name="grains">Finds the partitions.</param>
/// <param name="options">Times.</param>
/// <param name="time">Clock.</param>
/// <param name="view">How much of the scores it gets.</param>
internal sealed class LiveConnection(LiveHub hub, GrainLookup grains, HttpApiOptions options, TimeProvider time, LiveView view)
{
    private const int PageSize = 4096;
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    /// <summary>Writes scores until the reader leaves.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="cursor">Where to begin; every partition is in it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async IAsyncEnumerable<SseItem<LiveFrame>> RunAsync(
        PartitionId[] partitions, LiveCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        hub.Connect();
        var feeds = new List<(PartitionId Partition, IPartitionGrain Grain, LiveFeed Feed)>();
        try
        {
            foreach (var partition in partitions)
            {
                var grain = grains.Partition(partition.Stream, partition.Partition);
                feeds.Add((partition, grain, hub.Watch(partition, grain, (await grain.GetStatusAsync(cancellationToken)).Accepted)));
            }

            // The first message at once: the reader sees that it is connected, and knows a cursor.
            yield return Item(new LiveFrame([]), cursor);
            while (await NextAsync(feeds, cursor, cancellationToken) is { } batches)
                yield return Item(new LiveFrame([.. batches]), cursor);
        }
        finally
        {
            foreach (var (partition, _, _) in feeds) hub.Leave(partition);
            hub.Disconnect();
        }
    }

    /// <summary>New scores; none after a silence; null when the reader has left or the silo stops, which is no error.</summary>
    private async Task<List<LiveBatch>?> NextAsync(
        List<(PartitionId Partition, IPartitionGrain Grain, LiveFeed Feed)> feeds, LiveCursor cursor, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(options.LiveInterval, time, cancellationToken);
            return await WaitAsync(feeds, cursor, cancellationToken) ? await ReadAsync(feeds, cursor, cancellationToken) : [];
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool> WaitAsync(
        List<(PartitionId Partition, IPartitionGrain Grain, LiveFeed Feed)> feeds, LiveCursor cursor, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAny(feeds.Select(feed => feed.Feed.WhenBeyond(cursor[feed.Partition]!.Value)))
                .WaitAsync(options.LiveKeepAlive, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            // Nothing new: the message without scores tells the reader that all is well.
            return false;
        }
    }

    private async Task<List<LiveBatch>> ReadAsync(
        List<(PartitionId Partition, IPartitionGrain Grain, LiveFeed Feed)> feeds, LiveCursor cursor, CancellationToken cancellationToken)
    {
        var batches = new List<LiveBatch>();
        foreach (var (partition, grain, _) in feeds)
        {
            var from = cursor[partition]!.Value;
            var page = await grain.ReadScoresAsync(from, PageSize, TimeSpan.Zero, cancellationToken);
            if (page.Scores.Count == 0) continue;
            batches.Add(LiveColumns.Of(partition, page.Scores, view));
            cursor[partition] = page.NextOffset;
        }

        return batches;
    }

    private static SseItem<LiveFrame> Item(LiveFrame frame, LiveCursor cursor) =>
        new(frame, "scores") { EventId = cursor.ToString(), ReconnectionInterval = Reconnect };
}
