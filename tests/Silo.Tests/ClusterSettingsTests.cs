using System.Net;
using DagmmStream.Silo.Cluster;
using DagmmStream.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Orleans.Runtime;

namespace DagmmStream.Silo.Tests;

public sealed class ClusterSettingsTests
{
    [Fact]
    public void ReadCluster_CommandLineOfASilo_Read()
    {
        var configuration = Load(
            "--cluster", "PostgreSql", "--store-kind", "PostgreSql", "--connection-string", "Host=db;Database=dagmm",
            "--advertise", "auto");
        Assert.Equal(ClusterKind.PostgreSql, SiloConfiguration.ReadCluster(configuration).Kind);
        Assert.Equal(ClusterSettings.Auto, SiloConfiguration.ReadCluster(configuration).AdvertisedAddress);
        Assert.Equal(StoreKind.PostgreSql, SiloConfiguration.ReadStoreKind(configuration));
        Assert.Equal("Host=db;Database=dagmm", configuration["Store:ConnectionString"]);
    }

    [Theory]
    [InlineData("--store-kind", "Oracle", "Store:Kind = \"Oracle\": use Sqlite or PostgreSql")]
    [InlineData("--cluster", "PostgreSql", "set Store:Kind = PostgreSql too")]
    [InlineData("--advertise", "db.example", "Cluster:AdvertisedAddress = \"db.example\": use an IP address, or auto")]
    [InlineData("--Cluster:MissedProbes", "0", "Cluster:MissedProbes = \"0\": use 1 to 100")]
    [InlineData("--Cluster:ProbeTimeout", "00:02:00", "Cluster:ProbeTimeout = \"00:02:00\"")]
    [InlineData("--Cluster:DirectoryLease", "00:00:00", "Cluster:DirectoryLease = \"00:00:00\"")]
    public void ReadCluster_WrongValue_NamesOptionValueAndRemedy(string option, string value, string expected)
    {
        var configuration = Load(option, value);
        var refused = Assert.Throws<OptionsValidationException>(() =>
        {
            SiloConfiguration.ReadCluster(configuration);
            SiloConfiguration.ReadStoreKind(configuration);
        });
        Assert.Contains(expected, string.Join('\n', refused.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new[] { 30, 30, 0 }, 0, 10)]
    [InlineData(new[] { 90, 3, 3 }, 0, 29)]
    [InlineData(new[] { 10, 10, 10 }, 0, 0)]
    [InlineData(new[] { 12, 10, 8 }, 0, 0)]
    [InlineData(new[] { 1, 0, 0 }, 0, 0)]
    [InlineData(new[] { 0, 60 }, 0, 0)]
    [InlineData(new[] { 5000, 0 }, 0, 32)]
    public void Plan_Counts_MovesWhatIsAboveTheShare(int[] counts, int self, int expected)
    {
        var silos = counts.Select((_, i) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1 + i), 1)).ToArray();
        var (count, target) = PartitionBalancer.Plan(counts.Select((n, i) => (silos[i], n)).ToDictionary(), silos[self]);
        Assert.Equal(expected, count);
        if (count > 0) Assert.Equal(counts.Min(), counts[Array.IndexOf(silos, target)]);
    }

    private static ConfigurationManager Load(params string[] args)
    {
        var configuration = new ConfigurationManager();
        SiloConfiguration.Load(configuration, args);
        return configuration;
    }
}
