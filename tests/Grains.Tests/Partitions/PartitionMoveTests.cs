using DagmmStream.Grains.Partitions;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using Orleans.TestingHost;

namespace DagmmStream.Grains.Tests.Partitions;

/// <summary>Partitions that move between two silos.</summary>
public sealed class PartitionMoveTests : IAsyncLifetime
{
    private const string Stream = "s";
    private readonly TemporaryDirectory _directory = new();
    private SqliteStore _store = null!;
    private SiloFixture _silos = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private IPartitionGrain Partition => _silos.Partition(Stream);

    public async ValueTask InitializeAsync()
    {
        _store = new SqliteStore(Options.Create(new SqliteStoreOptions { Path = StorePath }));
        _silos = await SiloFixture.StartTwoAsync(_store);
        await _silos.Catalog().CreateAsync(TestEvents.Definition(Stream), Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _silos.DisposeAsync();
        await _store.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task MoveAsync_LivePartition_TakesItsWorkingStateAlong()
    {
        await TestEvents.PushAsync(Partition, 0, 1024);
        var before = await Partition.CheckpointAsync(Token);
        var score = await Partition.ProbeAsync(TestEvents.Probe(9999), Token);
        var (from, to) = Holder();
        // What the store has is of no use from here on, and the journal below the checkpoint is gone with it.
        Assert.Equal(1, await DamageAsync());

        await SiloFixture.RegistryOf(from).MoveAsync(1, to.SiloAddress);
        var repeated = await Partition.PushAsync(TestEvents.Batch(1000, 24), Token);

        Assert.Equal((0, 1), (SiloFixture.RegistryOf(from).Count, SiloFixture.RegistryOf(to).Count));
        Assert.Equal((PushOutcome.Accepted, 24), (repeated.Outcome, repeated.Duplicates));
        // Before anything new comes, which is learned whenever it may be.
        var moved = await Partition.ProbeAsync(TestEvents.Probe(9999), Token);
        Assert.Equal(score[0].Energy, moved[0].Energy);
        var reply = await Partition.PushAsync(TestEvents.Batch(1000, 152), Token);
        Assert.Equal((24, 1151L), (reply.Duplicates, reply.Scores![151].Offset));
        var after = await Partition.CheckpointAsync(Token);
        Assert.Equal((1152L, 1152L, 1152L), (after.Accepted, after.Trained, after.CheckpointOffset));
        Assert.True(after.Steps > before.Steps);
    }

    [Fact]
    public async Task MoveAsync_ReaderWaits_IsAnsweredAtOnceAndGoesOnElsewhere()
    {
        await TestEvents.PushAsync(Partition, 0, 10);
        var waiting = Partition.ReadScoresAsync(10, 100, TimeSpan.FromMinutes(1), Token);
        // Calls of one client come in order: the reader waits now.
        await Partition.GetStatusAsync(Token);
        var (from, to) = Holder();
        await SiloFixture.RegistryOf(from).MoveAsync(1, to.SiloAddress);
        Assert.Equal(10, (await waiting).NextOffset);
        await TestEvents.PushAsync(Partition, 10, 5);
        Assert.Equal(5, (await Partition.ReadScoresAsync(10, 100, TimeSpan.FromMinutes(1), Token)).Scores.Count);
        Assert.Equal(1, SiloFixture.RegistryOf(to).Count);
    }

    [Fact]
    public async Task DrainAsync_AnotherSiloThere_HandsOverWhatIsNotLearnedWithTheJournal()
    {
        const int streams = 4;
        for (var i = 0; i < streams; i++)
        {
            var durability = i % 2 == 0 ? Durability.Journaled : Durability.InMemory;
            await _silos.Catalog().CreateAsync(TestEvents.Definition($"s{i}", durability) with { Preset = ModelPreset.Lite }, Token);
            await TestEvents.PushAsync(_silos.Partition($"s{i}"), 0, 768);
        }

        var (leaving, staying) = (_silos.Silos[0], _silos.Silos[1]);
        var going = SiloFixture.RegistryOf(leaving).DrainAsync([staying.SiloAddress], Token);
        for (var i = 0; i < streams; i++) await TestEvents.PushAsync(_silos.Partition($"s{i}"), 768, 128);
        Assert.Equal(0, await going);
        Assert.Equal(streams, SiloFixture.RegistryOf(staying).Count);

        Assert.True(SiloFixture.RegistryOf(leaving).IsDraining);
        for (var i = 0; i < streams; i++)
        {
            var status = await _silos.Partition($"s{i}").CheckpointAsync(Token);
            Assert.Equal((896L, 896L), (status.Accepted, status.Trained));
            var scores = await _silos.Partition($"s{i}").ReadScoresAsync(0, 2000, TimeSpan.Zero, Token);
            Assert.Equal(896, scores.Scores.Count);
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(868)]
    [InlineData(3000)]
    public async Task MoveAsync_KeptInMemoryOnly_TakesAlongWhatNoCheckpointHas(int events)
    {
        var moved = await MakeInMemoryAsync("moved", events);
        var (from, to) = Holder();
        await SiloFixture.RegistryOf(from).MoveAsync(1, to.SiloAddress);

        // Nothing was forgotten: neither the events, nor what their producer has sent, nor their scores.
        Assert.Equal(events, (await moved.GetStatusAsync(Token)).Accepted);
        Assert.Equal(1, SiloFixture.RegistryOf(to).Count);
        Assert.Equal(events, (await moved.ReadScoresAsync(0, 8000, TimeSpan.Zero, Token)).Scores.Count);
        var still = await MakeInMemoryAsync("still", events);
        foreach (var partition in new[] { still, moved }) await TestEvents.PushAsync(partition, events, 512 - (events % 128));
        var (expected, status) = (await still.CheckpointAsync(Token), await moved.CheckpointAsync(Token));
        Assert.Equal(
            (expected.Accepted, expected.Trained, expected.Steps, expected.SnapshotVersion),
            (status.Accepted, status.Trained, status.Steps, status.SnapshotVersion));
        Assert.Equal(events + 512 - (events % 128), status.Trained);
        Assert.Equal(
            (await still.ProbeAsync(TestEvents.Probe(9999), Token))[0].Energy,
            (await moved.ProbeAsync(TestEvents.Probe(9999), Token))[0].Energy);
    }

    [Fact]
    public async Task MoveAsync_WhereItIs_GoesOn()
    {
        await TestEvents.PushAsync(Partition, 0, 10);
        var (at, _) = Holder();
        await SiloFixture.RegistryOf(at).MoveAsync(1, at.SiloAddress);
        Assert.Equal(PushOutcome.Accepted, (await Partition.PushAsync(TestEvents.Batch(10, 10), Token)).Outcome);
    }

    [Fact]
    public async Task DrainAsync_KeptInMemoryOnly_TakesTheRestOfAChunkAlong()
    {
        var partition = await MakeInMemoryAsync("drained", 868);
        await SiloFixture.RegistryOf(_silos.Silos[0]).DrainAsync([_silos.Silos[1].SiloAddress], Token);
        await TestEvents.PushAsync(partition, 868, 28);
        var status = await partition.CheckpointAsync(Token);
        Assert.Equal((896L, 896L), (status.Accepted, status.Trained));
    }

    private async Task<IPartitionGrain> MakeInMemoryAsync(string stream, int events)
    {
        await _silos.Catalog().CreateAsync(TestEvents.Definition(stream, Durability.InMemory), Token);
        await TestEvents.PushAsync(_silos.Partition(stream), 0, events);
        return _silos.Partition(stream);
    }

    private string StorePath => Path.Combine(_directory.Path, "dagmm.db");

    private (InProcessSiloHandle From, InProcessSiloHandle To) Holder() => SiloFixture.RegistryOf(_silos.Silos[0]).Count == 1
        ? (_silos.Silos[0], _silos.Silos[1])
        : (_silos.Silos[1], _silos.Silos[0]);

    private async Task<int> DamageAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={StorePath};Pooling=False");
        await connection.OpenAsync(Token);
        await using var command = connection.CreateCommand();
        command.CommandText = "UPDATE OrleansStorage SET PayloadBinary = zeroblob(length(PayloadBinary)) WHERE PayloadBinary IS NOT NULL";
        return await command.ExecuteNonQueryAsync(Token);
    }
}
