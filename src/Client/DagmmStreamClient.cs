using System.Collections.Concurrent;
using System.Collections.Immutable;
using DagmmStream.Client.Producing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Client;

/// <summary>
/// The client of a DagmmStream service: one per application, thread-safe. Disposing it sends what is queued, within
/// <see cref="DagmmStreamClientOptions.DeliveryTimeout"/>.
/// </summary>
public class DagmmStreamClient : IAsyncDisposable
{
    private readonly IGrainFactory _grains = null!;
    private readonly ConcurrentDictionary<string, StreamClient> _streams = new(StringComparer.Ordinal);
    private readonly IHost? _host;
    private int _disposed;

    /// <summary>Creates a client over a connected Orleans client, or over the grain factory of a silo in this process.</summary>
    /// <param name="grains">Finds the service's grains.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="time">Clock; null for the system's.</param>
    /// <exception cref="OptionsValidationException">An option is out of range; names option and value.</exception>
    public DagmmStreamClient(IGrainFactory grains, DagmmStreamClientOptions? options = null, TimeProvider? time = null)
        : this(grains, options ?? new DagmmStreamClientOptions(), time ?? TimeProvider.System, host: null)
    {
    }

    internal DagmmStreamClient(IGrainFactory grains, DagmmStreamClientOptions options, TimeProvider time, IHost? host)
    {
        ArgumentNullException.ThrowIfNull(grains);
        DagmmStreamClientOptionsValidator.ThrowIfInvalid(options);
        (_grains, Options, Time, _host) = (grains, options, time, host);
        Retry = new RetryPolicy(options, time);
    }

    /// <summary>For mocks.</summary>
    protected DagmmStreamClient()
    {
    }

    internal DagmmStreamClientOptions Options { get; } = new();

    internal TimeProvider Time { get; } = TimeProvider.System;

    internal RetryPolicy Retry { get; } = null!;

    /// <summary>Connects to a silo's gateway; the client owns the connection.</summary>
    /// <param name="endpoint">"host:port" of a gateway, or several separated by commas.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connected client.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.ServiceUnavailable"/> when no gateway answers within
    /// <see cref="DagmmStreamClientOptions.ConnectTimeout"/>.</exception>
    public static Task<DagmmStreamClient> ConnectAsync(
        string endpoint, DagmmStreamClientOptions? options = null, CancellationToken cancellationToken = default) =>
        ClientConnection.OpenAsync(endpoint, options ?? new DagmmStreamClientOptions(), cancellationToken);

    /// <summary>A handle to a stream; the same one for the same name.</summary>
    /// <param name="name">Name of the stream; it need not exist yet.</param>
    /// <returns>The handle.</returns>
    public virtual StreamClient Stream(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ObjectDisposedException.ThrowIf(_disposed != 0, this);
        return _streams.GetOrAdd(name, static (key, client) => new StreamClient(client, key), this);
    }

    /// <summary>Creates a stream; an equal one that exists is left alone.</summary>
    /// <param name="definition">The stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if created, false if it existed.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>,
    /// <see cref="ErrorCode.StreamConflict"/>.</exception>
    public virtual Task<bool> CreateStreamAsync(StreamDefinition definition, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.Validate();
        return Retry.CallAsync(
            token => Catalog.CreateAsync(definition, token), $"creating stream \"{definition.Name}\"", cancellationToken);
    }

    /// <summary>Finds a stream.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its definition, or null.</returns>
    public virtual Task<StreamDefinition?> FindStreamAsync(string name, CancellationToken cancellationToken = default) =>
        Retry.CallAsync(token => Catalog.FindAsync(name, token), $"finding stream \"{name}\"", cancellationToken);

    /// <summary>Lists all streams, by name.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Definitions.</returns>
    public virtual Task<ImmutableArray<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default) =>
        Retry.CallAsync(token => Catalog.ListAsync(token), "listing streams", cancellationToken);

    /// <summary>Deletes a stream with its journal, checkpoints and scores.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if it existed.</returns>
    public virtual async Task<bool> DeleteStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_streams.TryRemove(name, out var stream)) await stream.DisposeProducersAsync();
        return await Retry.CallAsync(token => Catalog.DeleteAsync(name, token), $"deleting stream \"{name}\"", cancellationToken);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        foreach (var stream in _streams.Values) await stream.DisposeProducersAsync();
        if (_host is not null)
        {
            await _host.StopAsync();
            _host.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    internal IPartitionGrain Partition(string stream, int partition) =>
        _grains.GetGrain<IPartitionGrain>(new PartitionId(stream, partition).ToString());

    private ICatalogGrain Catalog => _grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);
}
