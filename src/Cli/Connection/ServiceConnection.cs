using DagmmStream.Client;
using DagmmStream.Silo.Embedded;

namespace DagmmStream.Cli.Connection;

/// <summary>A client and, with an embedded silo, the silo behind it. Disposing delivers what is queued, then drains the silo.</summary>
public sealed class ServiceConnection : IAsyncDisposable
{
    private readonly EmbeddedSilo? _silo;
    private readonly string? _temporary;

    private ServiceConnection(DagmmStreamClient client, EmbeddedSilo? silo, string? temporary)
    {
        Client = client;
        _silo = silo;
        _temporary = temporary;
    }

    /// <summary>The client.</summary>
    public DagmmStreamClient Client { get; }

    /// <summary>Where other programs reach the embedded silo; null when it is not embedded.</summary>
    public string? EmbeddedEndpoint => _silo?.Endpoint;

    /// <summary>The embedded silo's page; null when it is not embedded.</summary>
    public Uri? EmbeddedPage => _silo?.HttpAddress;

    /// <summary>Connects to a running silo.</summary>
    /// <param name="endpoint">"host:port" of its gateway, or its HTTP address.</param>
    /// <param name="options">Client settings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    public static async Task<ServiceConnection> ConnectAsync(
        string endpoint, DagmmStreamClientOptions options, CancellationToken cancellationToken) =>
        new(await DagmmStreamClient.ConnectAsync(endpoint, options, cancellationToken), silo: null, temporary: null);

    /// <summary>Starts a silo in this process.</summary>
    /// <param name="store">Path of the store; null: a temporary one that is deleted at the end.</param>
    /// <param name="options">Client settings.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    public static async Task<ServiceConnection> EmbedAsync(
        string? store, DagmmStreamClientOptions options, CancellationToken cancellationToken)
    {
        var temporary = store is null ? Directory.CreateTempSubdirectory("dagmm-").FullName : null;
        try
        {
            var path = store ?? Path.Combine(temporary!, "dagmm.db");
            var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = path }, cancellationToken);
            return new ServiceConnection(new DagmmStreamClient(silo.Client, options), silo, temporary);
        }
        catch
        {
            if (temporary is not null) Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        if (_silo is not null) await _silo.DisposeAsync();
        if (_temporary is not null) Directory.Delete(_temporary, recursive: true);
    }
}
