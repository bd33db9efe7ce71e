using System.Net;
using DagmmStream.Client.Gateways;
using DagmmStream.Client.Transport;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;

namespace DagmmStream.Client;

/// <summary>A connection of its own for applications that have no Orleans client.</summary>
internal static class ClientConnection
{
    private const int DefaultPort = 30_000;

    public static async Task<DagmmStreamClient> OpenAsync(
        string endpoint, DagmmStreamClientOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint);
        DagmmStreamClientOptionsValidator.ThrowIfInvalid(options);
        return endpoint.Contains(Uri.SchemeDelimiter, StringComparison.Ordinal)
            ? await OpenHttpAsync(endpoint, options, cancellationToken)
            : await OpenOrleansAsync(endpoint, options, cancellationToken);
    }

    private static async Task<DagmmStreamClient> OpenHttpAsync(
        string endpoint, DagmmStreamClientOptions options, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address))
            throw new DagmmStreamException(ErrorCode.ServiceUnavailable, $"\"{endpoint}\" is no address; write http://127.0.0.1:8080");
        var client = new DagmmStreamClient(options.UseHttp(address, options.ApiKey));
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            await client.FindStreamAsync("-", timeout.Token);
            return client;
        }
        catch (DagmmStreamException error) when (!error.IsTransient)
        {
            await client.DisposeAsync();
            throw;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            await client.DisposeAsync();
            throw new DagmmStreamException(
                ErrorCode.ServiceUnavailable,
                $"no answer from {endpoint} within {options.ConnectTimeout}: check that a silo runs there, and that this is the address of "
                + "its HTTP API",
                isTransient: true,
                error);
        }
    }

    private static async Task<DagmmStreamClient> OpenOrleansAsync(
        string endpoint, DagmmStreamClientOptions options, CancellationToken cancellationToken)
    {
        var given = await Task.WhenAll(
            endpoint.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(part => ResolveAsync(part, cancellationToken)));
        var gateways = new ClusterGateways(given, options.GatewayListRefreshPeriod, TimeProvider.System);
        var host = Build(gateways, options);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            await host.StartAsync(timeout.Token).WaitAsync(timeout.Token);
            var grains = host.Services.GetRequiredService<IClusterClient>();
            gateways.Follow(grains);
            var transport = new OrleansTransport(grains, host, gateways);
            return new DagmmStreamClient(transport, options, TimeProvider.System);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            host.Dispose();
            throw new DagmmStreamException(
                ErrorCode.ServiceUnavailable,
                $"no answer from {endpoint} within {options.ConnectTimeout}: check that a silo runs there, that this is its gateway port, "
                + $"and that its cluster id is \"{options.ClusterId}\" and its service id \"{options.ServiceId}\"",
                isTransient: true,
                error);
        }
    }

    private static IHost Build(ClusterGateways gateways, DagmmStreamClientOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.Services.AddSingleton<IGatewayListProvider>(gateways);
            client.AddActivityPropagation();
            client.AddGatewayCountChangedHandler((_, change) =>
            {
                if (change.NumberOfConnectedGateways < change.PreviousNumberOfConnectedGateways) gateways.OnClosed();
            });
            client.Services.Configure<ClusterOptions>(
                cluster => (cluster.ClusterId, cluster.ServiceId) = (options.ClusterId, options.ServiceId));
            client.Services.Configure<GatewayOptions>(gateway => gateway.GatewayListRefreshPeriod = options.GatewayListRefreshPeriod);
            client.Services.Configure<ClientMessagingOptions>(messaging => messaging.ResponseTimeout = options.ResponseTimeout);
        });
        return builder.Build();
    }

    private static async Task<IPEndPoint> ResolveAsync(string endpoint, CancellationToken cancellationToken)
    {
        if (IPEndPoint.TryParse(endpoint, out var address) && address.Port != 0) return address;
        if (!Uri.TryCreate($"tcp://{endpoint}", UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            throw new DagmmStreamException(
                ErrorCode.ServiceUnavailable, $"\"{endpoint}\" is no endpoint; write \"host:port\", such as 127.0.0.1:{DefaultPort}");
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(uri.Host, cancellationToken);
            return new IPEndPoint(addresses[0], uri.Port > 0 ? uri.Port : DefaultPort);
        }
        catch (System.Net.Sockets.SocketException error)
        {
            throw new DagmmStreamException(
                ErrorCode.ServiceUnavailable, $"host \"{uri.Host}\" cannot be resolved ({error.Message}); check the endpoint",
                isTransient: true, error);
        }
    }
}
