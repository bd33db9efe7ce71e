using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Live;

/// <summary>The partitions that are watched on this silo, and how many watch: an idle connection costs no call of its own.</summary>
internal sealed class LiveHub(IOptions<HttpApiOptions> options, IOptions<JsonOptions> json, TimeProvider time) : IDisposable
{
    private readonly Dictionary<PartitionId, LiveFeed> _feeds = [];
    private readonly Lock _lock = new();
    private int _connections;

    /// <summary>Live connections.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Partitions that are watched: calls that wait, however many watch.</summary>
    public int Feeds
    {
        get { lock (_lock) return _feeds.Count; }
    }

    /// <summary>Counts a connection.</summary>
    /// <exception cref="ApiException">429: there are too many.</exception>
    public void Connect()
    {
        if (Interlocked.Increment(ref _connections) <= options.Value.MaxLiveConnections) return;
        Interlocked.Decrement(ref _connections);
        throw new ApiException(
            StatusCodes.Status429TooManyRequests, "too-many-connections", "Too many live connections",
            $"this silo serves {options.Value.MaxLiveConnections} live connections; close some, or raise "
            + $"{HttpApiOptions.Section}:{nameof(HttpApiOptions.MaxLiveConnections)}") { RetryAfter = TimeSpan.FromSeconds(5) };
    }

    public void Disconnect() => Interlocked.Decrement(ref _connections);

    /// <summary>Watches a partition.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="grain">The partition's grain.</param>
    /// <param name="next">Its next offset, as just read.</param>
    public LiveFeed Watch(PartitionId partition, IPartitionGrain grain, long next)
    {
        lock (_lock)
        {
            if (!_feeds.TryGetValue(partition, out var feed))
            {
                feed = new LiveFeed(partition, grain, next, options.Value.LiveInterval, time, json.Value.SerializerOptions);
                _feeds.Add(partition, feed);
            }

            feed.Watchers++;
            return feed;
        }
    }

    /// <summary>Ends a watch; the last one ends the feed.</summary>
    public void Leave(PartitionId partition)
    {
        lock (_lock)
        {
            var feed = _feeds[partition];
            if (--feed.Watchers > 0) return;
            _feeds.Remove(partition);
            feed.Dispose();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var feed in _feeds.Values) feed.Dispose();
            _feeds.Clear();
        }
    }
}
