namespace DagmmStream.Storage;

/// <summary>The store as a whole: opened before Orleans starts, closed after it stopped.</summary>
public interface IStore : IAsyncDisposable
{
    /// <summary>Where the store is, for logs and messages.</summary>
    string Location { get; }

    /// <summary>Opens the store, creating or migrating its schema. Further calls do nothing.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes when the store can be used.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StoreUnavailable"/> (held by another process, read-only, disk full),
    /// <see cref="ErrorCode.StoreVersion"/> (written by a newer version) or <see cref="ErrorCode.StoreDamaged"/>.</exception>
    Task InitializeAsync(CancellationToken cancellationToken);

    /// <summary>A cheap probe for readiness checks: the store is open, its writer lives, a read is answered. It writes nothing.</summary>
    /// <param name="cancellationToken">Ends the wait; set a time, since a disk may hang.</param>
    /// <returns>Completes when the store can be used.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StoreUnavailable"/> (not open, closed, unreadable) or
    /// <see cref="ErrorCode.StoreDamaged"/>; the message says what to do.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
