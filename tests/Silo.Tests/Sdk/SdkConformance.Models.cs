using DagmmStream.Client;

namespace DagmmStream.Silo.Tests.Sdk;

/// <content>Versions of the model.</content>
public abstract partial class SdkConformance
{
    private static readonly float[] Sample = [0.5f, -0.25f];

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Models_ExportImportKeepRollBack_GoRoundOnEveryPartition(int partitions)
    {
        await using var client = await ConnectAsync();
        var source = await CreateAsync(client);
        await PushAsync(source, 1000);
        await source.CheckpointAsync(cancellationToken: Token);
        var expected = await source.ProbeAsync(Sample, cancellationToken: Token);
        var file = await source.ExportModelAsync(cancellationToken: Token);
        var target = await CreateAsync(client, definition => definition with { Partitions = partitions });
        await PushAsync(target, 40);

        var imported = await target.ImportModelAsync(file, Token);
        await AssertScoresAsync(target, partitions, expected, imported);
        Assert.Equal(imported, await target.KeepModelAsync(Token));
        Assert.Equal("DGMS"u8.ToArray(), (await target.ExportModelAsync(imported, partitions - 1, Token))[..4]);
        var kept = await target.ListModelsAsync(partitions - 1, Token);
        Assert.Equal((imported, "asked for"), (kept[0].Version, kept[0].Reason));
        Assert.Equal((await target.ExportModelAsync(imported, partitions - 1, Token)).Length, kept[0].Bytes);
        var again = await target.ImportModelAsync(file, Token);
        Assert.Equal(imported + 1, again);
        var back = await target.RollBackModelAsync(imported, Token);
        Assert.Equal(again + 1, back);
        await AssertScoresAsync(target, partitions, expected, back);
        // The stream goes on: nothing that was sent is lost, and the next events are scored with it.
        Assert.All(await PushAsync(target, 40, first: 40), score => Assert.Equal(back, score.SnapshotVersion));
        var statuses = await Task.WhenAll(Enumerable.Range(0, partitions).Select(p => target.GetStatusAsync(p, Token)));
        Assert.Equal(80, statuses.Sum(status => status.Accepted));
    }

    [Fact]
    public async Task Models_WhatIsNotThereOrDoesNotFit_SaysWhat()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client, definition => definition with { Partitions = 2 });
        Assert.Equal(ErrorCode.NotKept, (await FailAsync(() => stream.KeepModelAsync(Token))).Code);
        Assert.Equal(ErrorCode.NotKept, (await FailAsync(() => stream.RollBackModelAsync(7, Token))).Code);
        Assert.Equal(ErrorCode.NotKept, (await FailAsync(() => stream.ExportModelAsync(7, 1, Token))).Code);
        Assert.Equal(ErrorCode.InvalidModel, (await FailAsync(() => stream.ImportModelAsync([1, 2, 3], Token))).Code);
        Assert.Equal(ErrorCode.StreamNotFound, (await FailAsync(() => client.Stream("nowhere").RollBackModelAsync(1, Token))).Code);
        Assert.Equal(ErrorCode.StreamNotFound, (await FailAsync(() => client.Stream("nowhere").ListModelsAsync(0, Token))).Code);
        Assert.Empty(await stream.ListModelsAsync(1, Token));
        var other = await CreateAsync(client, definition => definition with { Features = ["a", "c"] });
        await PushAsync(other, 400);
        await other.CheckpointAsync(cancellationToken: Token);
        var file = await other.ExportModelAsync(cancellationToken: Token);
        var unfit = await FailAsync(() => stream.ImportModelAsync(file, Token));
        Assert.Equal((ErrorCode.InvalidModel, false), (unfit.Code, unfit.IsTransient));
        Assert.Contains("feature 1 is \"c\" in the model and \"b\" in the stream", unfit.Message, StringComparison.Ordinal);

        static Task<DagmmStreamException> FailAsync(Func<Task> call) => Assert.ThrowsAsync<DagmmStreamException>(call);
    }

    private static async Task AssertScoresAsync(StreamClient stream, int partitions, EventScore expected, long version)
    {
        for (var p = 0; p < partitions; p++)
        {
            var score = await stream.ProbeAsync(Sample, p, Token);
            Assert.Equal((expected.Energy, version), (score.Energy, score.SnapshotVersion));
        }
    }
}
