using System.Net;
using DagmmStream.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace DagmmStream.Bench.Chaos;

/// <summary>Three silo processes and a PostgreSQL server of their own.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dagmm-cluster-").FullName;

    private ChaosCluster(PostgreSqlServer server, string connectionString, int silos)
    {
        (Server, ConnectionString) = (server, connectionString);
        Silos = [.. Enumerable.Range(0, silos).Select(i => new SiloProcess(Path.Combine(_directory, $"silo-{i}"), connectionString))];
    }

    public PostgreSqlServer Server { get; }

    public string ConnectionString { get; }

    public IReadOnlyList<SiloProcess> Silos { get; }

    /// <summary>All gateways, as a client's endpoint.</summary>
    public string Endpoint => string.Join(',', Silos.Select(silo => silo.Endpoint));

    /// <summary>Starts everything; with the server's default durability.</summary>
    public static async Task<ChaosCluster> StartAsync(int silos, CancellationToken cancellationToken)
    {
        var server = await PostgreSqlServer.StartAsync();
        var cluster = new ChaosCluster(server, await server.CreateDatabaseAsync(), silos);
        try
        {
            await Task.WhenAll(cluster.Silos.Select(silo => silo.StartAsync(cancellationToken)));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>A plain Orleans client, for what the SDK does not offer.</summary>
    public async Task<IHost> ConnectAsync()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.SetMinimumLevel(LogLevel.None);
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering([.. Silos.Select(silo => new IPEndPoint(IPAddress.Loopback, silo.GatewayPort))]);
            client.Services.Configure<ClusterOptions>(options => options.ClusterId = options.ServiceId = "dagmm");
            client.Services.Configure<GatewayOptions>(options => options.GatewayListRefreshPeriod = TimeSpan.FromSeconds(5));
        });
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }

    /// <summary>Writes the silos' logs into a directory, for a run that failed.</summary>
    public void KeepLogs(string directory)
    {
        Directory.CreateDirectory(directory);
        for (var i = 0; i < Silos.Count; i++) File.WriteAllText(Path.Combine(directory, $"silo-{i}.log"), Silos[i].Output);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var silo in Silos) silo.Dispose();
        await Server.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}
