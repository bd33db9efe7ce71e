using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace DagmmStream.Client;

/// <summary>An Orleans client of its own for applications that have none.</summary>
internal static class ClientConnection
{
    private const int DefaultPort = 30_000;

    public static async Task<DagmmStreamClient> OpenAsync(
        string endpoint, DagmmStreamClientOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(endpoint);
        DagmmStreamClientOptionsValidator.ThrowIfInvalid(options);
        var gateways = await Task.WhenAll(
            endpoint.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(part => ResolveAsync(part, cancellationToken)));
        var host = Build(gateways, options);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(options.ConnectTimeout);
        try
        {
            await host.StartAsync(timeout.Token).WaitAsync(timeout.Token);
            return new DagmmStreamClient(host.Services.GetRequiredService<IClusterClient>(), options, TimeProvider.System, host);
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

    private static IHost Build(IPEndPoint[] gateways, DagmmStreamClientOptions options)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering(gateways);
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
