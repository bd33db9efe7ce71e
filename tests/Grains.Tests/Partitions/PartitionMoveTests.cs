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
        // A whole number of chunks: what is kept in memory only loses the rest of one.
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

        Assert.True(SiloFixture.RegistryOf(leaving).IsDraining);
        for (var i = 0; i < streams; i++)
        {
            var status = await _silos.Partition($"s{i}").CheckpointAsync(Token);
            Assert.Equal((896L, 896L), (status.Accepted, status.Trained));
            var scores = await _silos.Partition($"s{i}").ReadScoresAsync(0, 2000, TimeSpan.Zero, Token);
            Assert.Equal(896, scores.Scores.Count);
        }
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
