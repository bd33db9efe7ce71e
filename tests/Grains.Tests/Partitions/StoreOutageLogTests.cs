using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace DagmmStream.Grains.Tests.Partitions;

/// <summary>A full disk is said once for the silo, not by each of its partitions.</summary>
public sealed class StoreOutageLogTests : IDisposable
{
    private static readonly string[] Streams = ["a", "b", "c"];
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Push_DiskFullForAllPartitions_OneWarning()
    {
        var log = new FakeLogCollector();
        await using var silo = await SiloFixture.StartAsync(
            _directory.Path,
            services: services => services.Configure<SqliteStoreOptions>(options => options.MaxPages = 120)
                .AddLogging(logging => logging.AddProvider(new FakeLoggerProvider(log))));
        foreach (var stream in Streams) await silo.Catalog().CreateAsync(TestEvents.Definition(stream), Token);
        for (var full = new HashSet<string>(); full.Count < Streams.Length;)
        {
            foreach (var stream in Streams)
                if (await IsFullAsync(silo.Partition(stream))) full.Add(stream);
        }

        var ours = log.GetSnapshot().Where(record => record.Category!.StartsWith("DagmmStream", StringComparison.Ordinal));
        var warning = Assert.Single(ours, record => record.Level >= LogLevel.Warning);
        Assert.Equal(typeof(SqliteStore).FullName, warning.Category);
        Assert.Contains("free space", warning.Message, StringComparison.Ordinal);
    }

    private static async Task<bool> IsFullAsync(IPartitionGrain partition)
    {
        try
        {
            var next = (await partition.GetStatusAsync(Token)).Accepted;
            await partition.PushAsync(TestEvents.Batch(next, EventBatch.MaxEvents), Token);
            return false;
        }
        catch (DagmmStreamException exception) when (exception.Code == ErrorCode.StoreUnavailable)
        {
            return true;
        }
    }
}
