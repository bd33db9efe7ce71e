using DagmmStream.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Hosting;

/// <summary>Says once where the silo can be reached.</summary>
internal sealed partial class ReadyLog(
    IHostApplicationLifetime lifetime, IServer server, IOptions<SiloOptions> options, IStore store,
    ILogger<ReadyLog> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            LogReady(options.Value.GatewayPort, string.Join(' ', addresses), store.Location);
        });
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Information, Message = "Ready: clients at 127.0.0.1:{GatewayPort}, HTTP at {Urls}, store {Store}")]
    private partial void LogReady(int gatewayPort, string urls, string store);
}
