namespace DagmmStream.Client.Transport;

/// <summary>A partition's scores as they come; after every failure it begins again where it stood.</summary>
/// <param name="client">The client.</param>
/// <param name="partition">The partition.</param>
/// <param name="offset">First offset wanted.</param>
internal sealed class ScoreWatch(DagmmStreamClient client, PartitionId partition, long offset) : IAsyncDisposable
{
    private IAsyncEnumerator<ScorePage>? _pages;

    /// <summary>The next scores, possibly none.</summary>
    /// <exception cref="DagmmStreamException">A final error of the service.</exception>
    public async Task<ScorePage> NextAsync(CancellationToken cancellationToken)
    {
        var page = await client.Retry.CallUntilReachedAsync(ReadAsync, "reading scores", cancellationToken);
        offset = page.NextOffset;
        return page;
    }

    public ValueTask DisposeAsync() => _pages?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task<ScorePage> ReadAsync(CancellationToken cancellationToken)
    {
        _pages ??= client.Transport.WatchScoresAsync(partition, offset, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (await _pages.MoveNextAsync()) return _pages.Current;
            throw new IOException("the service has ended the watch");
        }
        catch
        {
            await _pages.DisposeAsync();
            _pages = null;
            throw;
        }
    }
}
