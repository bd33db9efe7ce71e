using System.Collections.Concurrent;
using System.Collections.Immutable;
using DagmmStream.Client.Http;
using DagmmStream.Client.Producing;
using DagmmStream.Client.Transport;
using Microsoft.Extensions.Options;

namespace DagmmStream.Client;

/// <summary>
/// The client of a DagmmStream service: one per application, thread-safe. Disposing it sends what is queued, within
/// <see cref="DagmmStreamClientOptions.DeliveryTimeout"/>.
/// </summary>
public class DagmmStreamClient : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, StreamClient> _streams = new(StringComparer.Ordinal);
    private int _disposed;

    /// <summary>Creates a client over a connected Orleans client, or over the grain factory of a silo in this process.</summary>
    /// <param name="grains">Finds the service's grains.</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="time">Clock; null for the system's.</param>
    /// <exception cref="OptionsValidationException">An option is out of range; names option and value.</exception>
    public DagmmStreamClient(IGrainFactory grains, DagmmStreamClientOptions? options = null, TimeProvider? time = null)
        : this(new OrleansTransport(NotNull(grains)), options ?? new DagmmStreamClientOptions(), time ?? TimeProvider.System)
    {
    }

    /// <summary>Creates a client that calls the service's HTTP API; it connects with its first call.</summary>
    /// <param name="options">Options with an address: <see cref="DagmmStreamClientOptions.UseHttp"/>.</param>
    /// <exception cref="OptionsValidationException">An option is out of range, or there is no address; names option and value.</exception>
    public DagmmStreamClient(DagmmStreamClientOptions options)
        : this(NewHttp(options), options, TimeProvider.System)
    {
    }

    internal DagmmStreamClient(IServiceTransport transport, DagmmStreamClientOptions options, TimeProvider time)
    {
        DagmmStreamClientOptionsValidator.ThrowIfInvalid(options);
        (Transport, Options, Time) = (transport, options, time);
        Retry = new RetryPolicy(options, time);
    }

    /// <summary>For mocks.</summary>
    protected DagmmStreamClient()
    {
    }

    internal DagmmStreamClientOptions Options { get; } = new();

    internal TimeProvider Time { get; } = TimeProvider.System;

    internal RetryPolicy Retry { get; } = null!;

    internal IServiceTransport Transport { get; } = null!;

    /// <summary>Connects to a silo's gateway, or to a service's HTTP API; the client owns the connection.</summary>
    /// <param name="endpoint">"host:port" of a gateway, or several separated by commas; or "http://…" or "https://…".</param>
    /// <param name="options">Options; null for the defaults.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The connected client.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.ServiceUnavailable"/> when nobody answers within
    /// <see cref="DagmmStreamClientOptions.ConnectTimeout"/>; <see cref="ErrorCode.AccessDenied"/> when the API key opens nothing.
    /// </exception>
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
            token => Transport.CreateStreamAsync(definition, token), $"creating stream \"{definition.Name}\"", cancellationToken);
    }

    /// <summary>Finds a stream.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its definition, or null.</returns>
    public virtual Task<StreamDefinition?> FindStreamAsync(string name, CancellationToken cancellationToken = default) =>
        Retry.CallAsync(token => Transport.FindStreamAsync(name, token), $"finding stream \"{name}\"", cancellationToken);

    /// <summary>Lists all streams, by name.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Definitions.</returns>
    public virtual Task<ImmutableArray<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken = default) =>
        Retry.CallAsync(token => Transport.ListStreamsAsync(token), "listing streams", cancellationToken);

    /// <summary>Changes how a stream's verdicts follow from its scores, from the next event on; scores, model and labels stay.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="policy">What changes; what is null stays as it is.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The definition as it is now.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>, <see cref="ErrorCode.InvalidDefinition"/>.
    /// </exception>
    public virtual Task<StreamDefinition> UpdatePolicyAsync(
        string name, StreamPolicy policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return Retry.CallAsync(
            token => Transport.UpdatePolicyAsync(name, policy, token), $"changing the policy of stream \"{name}\"", cancellationToken);
    }

    /// <summary>Deletes a stream with its journal, checkpoints and scores.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if it existed.</returns>
    public virtual async Task<bool> DeleteStreamAsync(string name, CancellationToken cancellationToken = default)
    {
        if (_streams.TryRemove(name, out var stream)) await stream.DisposeProducersAsync();
        return await Retry.CallAsync(token => Transport.DeleteStreamAsync(name, token), $"deleting stream \"{name}\"", cancellationToken);
    }

    /// <inheritdoc/>
    public virtual async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        foreach (var stream in _streams.Values) await stream.DisposeProducersAsync();
        await Transport.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static IGrainFactory NotNull(IGrainFactory grains)
    {
        ArgumentNullException.ThrowIfNull(grains);
        return grains;
    }

    private static HttpTransport NewHttp(DagmmStreamClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        DagmmStreamClientOptionsValidator.ThrowIfInvalid(options);
        return options.HttpAddress is not null ? new HttpTransport(options) : throw new OptionsValidationException(
            Microsoft.Extensions.Options.Options.DefaultName, typeof(DagmmStreamClientOptions),
            [$"{nameof(options.HttpAddress)} = null: say where the service is with {nameof(DagmmStreamClientOptions.UseHttp)}"]);
    }
}
