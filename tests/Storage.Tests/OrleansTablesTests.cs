using System.Net;
using DagmmStream.Storage.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace DagmmStream.Storage.Tests;

/// <summary>Membership and reminders through Orleans' own providers over our tables and statements.</summary>
public sealed class OrleansTablesTests : IAsyncLifetime
{
    private readonly IHost _host;
    private PostgreSqlDialect _dialect = null!;

    public OrleansTablesTests() => _host = new HostBuilder()
        .ConfigureServices(services => services.AddDagmmStreamPostgreSqlStore(store => store.ConnectionString = _dialect.ConnectionString))
        .UseOrleans(silo => silo.UseDagmmStreamPostgreSqlClustering()
            .Configure<ClusterOptions>(cluster => cluster.ClusterId = cluster.ServiceId = "test"))
        .Build();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _dialect = await PostgreSqlDialect.CreateAsync();
        await _host.Services.GetRequiredService<IStore>().InitializeAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host) await host.DisposeAsync();
    }

    [Fact]
    public async Task MembershipTable_InsertUpdateAndStaleVersions_KeepsTheContract()
    {
        var table = _host.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(true, Token);
        await table.InitializeMembershipTableAsync(true, Token);
        var start = (await table.ReadAllAsync(Token)).Version;
        var entry = Entry(1, SiloStatus.Joining);
        Assert.True(await table.InsertRowAsync(entry, start.Next(), Token));
        Assert.False(await table.InsertRowAsync(Entry(2, SiloStatus.Active), start.Next(), Token));
        var now = (await table.ReadAllAsync(Token)).Version;
        Assert.Equal(start.Version + 1, now.Version);
        Assert.False(await table.InsertRowAsync(entry, now.Next(), Token));

        entry.Status = SiloStatus.Active;
        entry.AddSuspector(Address(2), entry.StartTime);
        var read = await table.ReadRowAsync(entry.SiloAddress, Token);
        Assert.True(await table.UpdateRowAsync(entry, read.Members[0].Item2, read.Version.Next(), Token));
        Assert.False(await table.UpdateRowAsync(entry, read.Members[0].Item2, read.Version.Next(), Token));
        Assert.False(await table.UpdateRowAsync(Entry(3, SiloStatus.Active), "2", (await table.ReadAllAsync(Token)).Version.Next(), Token));
        entry.IAmAliveTime = entry.StartTime.AddMinutes(1);
        await table.UpdateIAmAliveAsync(entry, Token);

        var found = Assert.Single((await table.ReadAllAsync(Token)).Members).Item1;
        Assert.Equal(SiloStatus.Active, found.Status);
        Assert.Equal(entry.IAmAliveTime, found.IAmAliveTime);
        Assert.Equal(Address(2), Assert.Single(found.SuspectTimes!).Item1);
        Assert.Equal(entry.ProxyPort, found.ProxyPort);
        Assert.Equal("silo-1", found.SiloName);
    }

    [Fact]
    public async Task MembershipTable_CleanupOfDefunctSilos_DeadAndOldGo()
    {
        var table = _host.Services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(true, Token);
        foreach (var (port, status) in new[] { (1, SiloStatus.Dead), (2, SiloStatus.Active) })
            Assert.True(await table.InsertRowAsync(Entry(port, status), (await table.ReadAllAsync(Token)).Version.Next(), Token));
        await table.CleanupDefunctSiloEntriesAsync(DateTimeOffset.UnixEpoch.AddYears(60), Token);
        Assert.Equal(Address(2), Assert.Single((await table.ReadAllAsync(Token)).Members).Item1.SiloAddress);
        await table.DeleteMembershipTableEntriesAsync("test", Token);
        await table.InitializeMembershipTableAsync(true, Token);
        Assert.Empty((await table.ReadAllAsync(Token)).Members);
    }

    [Fact]
    public async Task ReminderTable_UpsertReadRangeDelete_KeepsTheContract()
    {
        var table = _host.Services.GetRequiredService<IReminderTable>();
        await table.StartAsync(Token);
        var id = GrainId.Create("stream", "s");
        var reminder = new ReminderEntry
        {
            GrainId = id, ReminderName = "round", StartAt = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc),
            Period = TimeSpan.FromDays(40),
        };
        var first = await table.UpsertRow(reminder, Token);
        var second = await table.UpsertRow(reminder, Token);
        Assert.NotEqual(first, second);

        var read = await table.ReadRow(id, "round", Token);
        Assert.Equal((reminder.StartAt, reminder.Period, second), (read!.StartAt, read.Period, read.ETag));
        Assert.Null(await table.ReadRow(id, "other", Token));
        Assert.Single((await table.ReadRows(id, Token)).Reminders);
        var hash = id.GetUniformHashCode();
        Assert.Single((await table.ReadRows(hash - 1, hash, Token)).Reminders);
        Assert.Empty((await table.ReadRows(hash, hash + 1, Token)).Reminders);
        Assert.Single((await table.ReadRows(hash + 1, hash, Token)).Reminders);
        Assert.False(await table.RemoveRow(id, "round", first!, Token));
        Assert.True(await table.RemoveRow(id, "round", second!, Token));
    }

    private static SiloAddress Address(int port) => SiloAddress.New(new IPEndPoint(IPAddress.Loopback, port), 7);

    private static MembershipEntry Entry(int port, SiloStatus status) => new()
    {
        SiloAddress = Address(port), SiloName = $"silo-{port}", HostName = "host", Status = status, ProxyPort = 30_000 + port,
        StartTime = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), IAmAliveTime = new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc),
    };
}
