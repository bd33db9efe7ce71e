using DagmmStream.Bench.Chaos;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Cluster.Tests;

/// <summary>
/// Three silo processes, a PostgreSQL server with its default durability, faults at random: nothing is lost, nothing learned twice.
/// </summary>
public sealed class ChaosTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Cluster_TwoMinutesOfFaults_EveryAcknowledgedEventThereOnce()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? "");
        var options = new ChaosOptions { Duration = TimeSpan.FromMinutes(2), Faults = 8, Streams = 8, Seed = 20 };
        await using var cluster = await ChaosCluster.StartAsync(options.Silos, Token);
        ChaosResult result;
        try
        {
            result = await new ChaosRun(options, line => TestContext.Current.SendDiagnosticMessage(line)).RunAsync(cluster, Token);
        }
        catch
        {
            cluster.KeepLogs(LogDirectory);
            throw;
        }

        if (result.Violations.Count > 0) cluster.KeepLogs(LogDirectory);
        Assert.Empty(result.Violations);
        Assert.Equal(options.Faults, result.Faults.Count);
        Assert.True(result.Acknowledged > 0);
    }

    private static string LogDirectory => Path.Combine(AppContext.BaseDirectory, "cluster-logs");
}
