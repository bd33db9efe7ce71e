using System.Buffers.Binary;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Storage.Journal;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;

namespace DagmmStream.Grains.Tests.Partitions;

public sealed class PartitionFaultTests : IDisposable
{
    private const string Stream = "s";
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Push_AfterDeactivation_GoesOnWithTheSameState()
    {
        await using var silo = await StartAsync(events: 700);
        var before = await silo.Partition(Stream).CheckpointAsync(Token);
        await silo.Grains.GetGrain<IManagementGrain>(0).ForceActivationCollection(TimeSpan.Zero, Token);
        var after = await silo.Partition(Stream).GetStatusAsync(Token);
        Assert.Equal(0, after.Checkpoints);
        Assert.Equal(
            (before.Accepted, before.Trained, before.Steps, before.SnapshotVersion, before.CheckpointOffset),
            (after.Accepted, after.Trained, after.Steps, after.SnapshotVersion, after.CheckpointOffset));
        var again = await silo.Partition(Stream).PushAsync(TestEvents.Batch(650, 100), Token);
        Assert.Equal(50, again.Duplicates);
        Assert.Equal(749, again.Scores![99].Offset);
    }

    [Fact]
    public async Task Push_SecondActivationTookOver_FailsAsFencedThenGoesOn()
    {
        await using var silo = await StartAsync(events: 300);
        await silo.Services.GetRequiredService<IJournal>().OpenAsync(new PartitionId(Stream, 0), Token);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(
            () => silo.Partition(Stream).PushAsync(TestEvents.Batch(300, 10), Token));
        Assert.Equal(ErrorCode.Fenced, exception.Code);
        Assert.True(exception.IsTransient);
        await PushUntilAcceptedAsync(silo, 300, 10);
        Assert.Equal(310, (await silo.Partition(Stream).GetStatusAsync(Token)).Accepted);
    }

    [Fact]
    public async Task Push_GapMetByAnActivationThatLostThePartition_FencedNotAGap()
    {
        await using var silo = await StartAsync(events: 300);
        await silo.Services.GetRequiredService<IJournal>().OpenAsync(new PartitionId(Stream, 0), Token);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(
            () => silo.Partition(Stream).PushAsync(TestEvents.Batch(310, 10), Token));
        Assert.Equal(ErrorCode.Fenced, exception.Code);
        await PushUntilAcceptedAsync(silo, 300, 10);
    }

    [Fact]
    public async Task Watermark_AskedOfAnActivationThatLostThePartition_Fenced()
    {
        await using var silo = await StartAsync(events: 300);
        await silo.Services.GetRequiredService<IJournal>().OpenAsync(new PartitionId(Stream, 0), Token);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(
            () => silo.Partition(Stream).GetWatermarkAsync(TestEvents.Batch(0, 1).Producer, Token));
        Assert.Equal(ErrorCode.Fenced, exception.Code);
    }

    [Fact]
    public async Task Checkpoint_WrittenButNotConfirmed_StepsDownOnceAndLosesNothing()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path, last: LostReplyStorage.Decorate);
        await silo.Catalog().CreateAsync(TestEvents.Definition(Stream), Token);
        await TestEvents.PushAsync(silo.Partition(Stream), 0, 512);
        await silo.Partition(Stream).CheckpointAsync(Token);
        await TestEvents.PushAsync(silo.Partition(Stream), 512, 256);
        LostReplyStorage.Of(silo).Lost = 1;
        var lost = await Assert.ThrowsAsync<DagmmStreamException>(() => silo.Partition(Stream).CheckpointAsync(Token));
        Assert.Equal((ErrorCode.StoreUnavailable, true), (lost.Code, lost.IsTransient));
        await PushUntilAcceptedAsync(silo, 768, 256);

        // The next write finds another ETag: what is stored may be another activation's.
        var fenced = await Assert.ThrowsAsync<DagmmStreamException>(() => silo.Partition(Stream).CheckpointAsync(Token));
        Assert.True(fenced.IsTransient);
        await PushUntilAcceptedAsync(silo, 1024, 128);
        var status = await silo.Partition(Stream).CheckpointAsync(Token);
        Assert.Equal((1152L, 1152L, 1152L), (status.Accepted, status.Trained, status.CheckpointOffset));
        Assert.Equal(1152, (await silo.Partition(Stream).ReadScoresAsync(0, 2000, TimeSpan.Zero, Token)).Scores.Count);
    }

    [Fact]
    public async Task Restart_NewestCheckpointDamaged_UsesTheOlderOneAndTheJournal()
    {
        var expected = await StopAsync(await StartAsync(events: 1500, checkpoints: 2));
        Damage(slots: 1);
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var status = await silo.Partition(Stream).CheckpointAsync(Token);
        Assert.Equal(expected.Accepted, status.Accepted);
        Assert.Equal(expected.Trained, status.Trained);
        Assert.Equal(expected.Steps, status.Steps);
        Assert.Equal(expected.SnapshotVersion, status.SnapshotVersion);
    }

    [Fact]
    public async Task Restart_BothCheckpointsDamaged_SaysWhatToDoAndOtherStreamsGoOn()
    {
        await StopAsync(await StartAsync(events: 1500, checkpoints: 2));
        Damage(slots: 2);
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => silo.Partition(Stream).GetStatusAsync(Token));
        Assert.Equal(ErrorCode.StoreDamaged, exception.Code);
        Assert.Contains("restore the store from a backup", exception.Message, StringComparison.Ordinal);
        await silo.Catalog().CreateAsync(TestEvents.Definition("other"), Token);
        Assert.Equal(PushOutcome.Accepted, (await silo.Partition("other").PushAsync(TestEvents.Batch(0, 5), Token)).Outcome);
    }

    [Fact]
    public async Task Retention_OlderThanTheNewestEvent_AreDeleted()
    {
        await using var silo = await SiloFixture.StartAsync(
            _directory.Path, options => (options.RetentionInterval, options.RingCapacity) = (TimeSpan.FromMilliseconds(50), 256));
        var definition = TestEvents.Definition(Stream) with { ScoreRetention = TimeSpan.FromSeconds(0.4) };
        await silo.Catalog().CreateAsync(definition, Token);
        await TestEvents.PushAsync(silo.Partition(Stream), 0, 1000);
        ScorePage page;
        do
        {
            page = await silo.Partition(Stream).ReadScoresAsync(0, 1, TimeSpan.Zero, Token);
            await Task.Delay(TimeSpan.FromMilliseconds(20), Token);
        }
        while (page.FirstOffset < 512);

        // Events are a millisecond apart: the newest is at 999 ms, those before 599 ms are too old. They were pushed by 256, and a batch
        // goes as a whole.
        Assert.Equal(512, page.FirstOffset);
        Assert.Equal(512, page.Scores[0].Offset);
    }

    private static async Task<PartitionStatus> StopAsync(SiloFixture silo)
    {
        var status = await silo.Partition(Stream).GetStatusAsync(Token);
        await silo.DisposeAsync();
        return status;
    }

    private static async Task PushUntilAcceptedAsync(SiloFixture silo, long first, int count)
    {
        while (true)
        {
            try
            {
                await TestEvents.PushAsync(silo.Partition(Stream), first, count);
                return;
            }
            catch (DagmmStreamException exception) when (exception.IsTransient)
            {
                // The fenced activation is on its way out.
                await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
            }
        }
    }

    private async Task<SiloFixture> StartAsync(int events, int checkpoints = 0)
    {
        var silo = await SiloFixture.StartAsync(_directory.Path);
        await silo.Catalog().CreateAsync(TestEvents.Definition(Stream), Token);
        var sent = 0;
        for (var i = 1; i <= checkpoints; i++)
        {
            var next = events * i / checkpoints;
            await TestEvents.PushAsync(silo.Partition(Stream), sent, next - sent);
            await silo.Partition(Stream).CheckpointAsync(Token);
            sent = next;
        }

        await TestEvents.PushAsync(silo.Partition(Stream), sent, events - sent);
        return silo;
    }

    /// <summary>Flips a byte in the middle of the newest checkpoints.</summary>
    private void Damage(int slots)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_directory.Path, "dagmm.db")};Pooling=False");
        connection.Open();
        var payloads = new List<(long Row, byte[] Bytes)>();
        using (var read = connection.CreateCommand())
        {
            read.CommandText = "SELECT GrainTypeHash, PayloadBinary FROM OrleansStorage WHERE PayloadBinary IS NOT NULL";
            using var reader = read.ExecuteReader();
            while (reader.Read())
                if (reader[1] is byte[] state && state.AsSpan().IndexOf("DGMS"u8) >= 0) payloads.Add((reader.GetInt64(0), state));
        }

        Assert.Equal(2, payloads.Count);
        foreach (var (row, bytes) in payloads.OrderByDescending(payload => Offset(payload.Bytes)).Take(slots))
        {
            bytes[bytes.Length / 2] ^= 0x40;
            using var write = connection.CreateCommand();
            write.CommandText = "UPDATE OrleansStorage SET PayloadBinary = $bytes WHERE GrainTypeHash = $row";
            write.Parameters.AddWithValue("$bytes", bytes);
            write.Parameters.AddWithValue("$row", row);
            Assert.Equal(1, write.ExecuteNonQuery());
        }
    }

    private static long Offset(byte[] state)
    {
        // docs/checkpoint-format.md: the offset stands 24 bytes behind the beginning of the header.
        var header = state.AsSpan().IndexOf("DGMS"u8);
        return BinaryPrimitives.ReadInt64LittleEndian(state.AsSpan(header + 24));
    }
}
