using Microsoft.Extensions.Hosting;

namespace DagmmStream.Storage;

/// <summary>
/// Opens the store when the host starts. Register the store before Orleans: hosted services start in the order of their registration.
/// </summary>
/// <param name="store">The store.</param>
public sealed class StoreInitializer(IStore store) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => store.InitializeAsync(cancellationToken);

    /// <summary>Does nothing: the container disposes the store after every service has stopped, which flushes it.</summary>
    /// <param name="cancellationToken">Not used.</param>
    /// <returns>A completed task.</returns>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
