using DagmmStream.Grains.Models;
using DagmmStream.Grains.Tests.Hosting;
using DagmmStream.Storage.Models;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Grains.Tests.Models;

/// <summary>Versions of a model through the grain: what was kept scores again, and no event is lost or learned twice.</summary>
public sealed class ModelVersionTests : IDisposable
{
    private static readonly PartitionId Id = new("s", 0);
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RollBack_KeptVersion_ScoresAsThenUnderANewNumberAlsoAfterARestart(bool isKill)
    {
        var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo, "s");
        await TestEvents.PushAsync(partition, 0, 1000);
        await partition.CheckpointAsync(Token);
        var then = await ProbeAsync(partition);
        var kept = await Control(silo).KeepAsync("s", Token);
        Assert.Equal(then.SnapshotVersion, kept);
        await TestEvents.PushAsync(partition, 1000, 1000);
        var before = await partition.CheckpointAsync(Token);
        Assert.NotEqual(then.Energy, (await ProbeAsync(partition)).Energy);

        var version = await Control(silo).RollBackAsync("s", kept, Token);
        Assert.Equal(before.SnapshotVersion + 1, version);
        await AssertAsync(silo, then, version);
        Assert.Equal([before.SnapshotVersion, kept], (await Models(silo).ListAsync(Id, Token)).Select(model => model.Version));
        if (isKill) await silo.KillAsync();
        else await silo.DisposeAsync();

        await using var again = await SiloFixture.StartAsync(_directory.Path);
        await AssertAsync(again, then, version);
        var status = await again.Partition("s").GetStatusAsync(Token);
        Assert.Equal((2000L, 1999L), (status.Accepted, await again.Partition("s").GetWatermarkAsync("p", Token)));
        // It goes on learning, from there.
        await TestEvents.PushAsync(again.Partition("s"), 2000, 1000);
        var after = await again.Partition("s").CheckpointAsync(Token);
        Assert.Equal(3000 - (3000 % 128), after.Trained);
        Assert.True(after.SnapshotVersion > version);
    }

    [Fact]
    public async Task Import_ExportOfAnotherStream_ScoresAsItDid()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var source = await CreateAsync(silo, "source");
        await TestEvents.PushAsync(source, 0, 1500);
        var payload = await Control(silo).ExportAsync(new PartitionId("source", 0), null, Token);
        var expected = await ProbeAsync(source);
        var target = await CreateAsync(silo, "s");
        await TestEvents.PushAsync(target, 0, 40);
        var version = await Control(silo).ImportAsync("s", payload, Token);
        await AssertAsync(silo, expected, version);
        var status = await silo.Partition("s").GetStatusAsync(Token);
        Assert.Equal((40L, PartitionState.Running), (status.Accepted, status.State));
    }

    [Fact]
    public async Task Import_WhatDoesNotFit_IsRefusedAndChangesNothing()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo, "s");
        await TestEvents.PushAsync(partition, 0, 1000);
        var payload = await Control(silo).ExportAsync(Id, null, Token);
        var before = await ProbeAsync(partition);
        var damaged = payload.ToArray();
        damaged[^1] ^= 1;
        await RefusedAsync(silo, "s", damaged);
        await RefusedAsync(silo, "s", payload[..100]);
        await RefusedAsync(silo, "s", []);
        await CreateAsync(silo, "other", definition => definition with { Preset = ModelPreset.Stream });
        await RefusedAsync(silo, "other", payload);
        await CreateAsync(silo, "wider", definition => definition with { Features = ["x", "y", "z", "w"] });
        await RefusedAsync(silo, "wider", payload);
        await CreateAsync(silo, "named", definition => definition with { Features = ["x", "other", "z"] });
        var message = await RefusedAsync(silo, "named", payload);
        Assert.Contains("feature 1 is \"y\" in the model and \"other\" in the stream", message, StringComparison.Ordinal);
        await CreateAsync(silo, "parts", definition => definition with { Partitions = 2 });
        await RefusedAsync(silo, "parts", damaged);
        await CreateAsync(silo, "young");
        await RefusedAsync(silo, "s", await Control(silo).ExportAsync(new PartitionId("young", 0), null, Token));
        Assert.Equal(before, await ProbeAsync(partition));
        var none = await Assert.ThrowsAsync<DagmmStreamException>(() => Control(silo).RollBackAsync("s", 12345, Token));
        Assert.Equal(ErrorCode.NotKept, none.Code);
        Assert.Empty(await Models(silo).ListAsync(Id, Token));
    }

    [Fact]
    public async Task Keep_MoreThanTheBound_ForgetsTheOldestAndDeletionAll()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path, grains => grains.KeptModels = 2);
        var partition = await CreateAsync(silo, "s");
        var versions = new List<long>();
        for (var i = 0; i < 3; i++)
        {
            await TestEvents.PushAsync(partition, 1024 * i, 1024);
            await partition.CheckpointAsync(Token);
            versions.Add(await Control(silo).KeepAsync("s", Token));
        }

        Assert.Equal([versions[2], versions[1]], (await Models(silo).ListAsync(Id, Token)).Select(model => model.Version));
        await silo.Catalog().DeleteAsync("s", Token);
        Assert.Empty(await Models(silo).ListAsync(Id, Token));
    }

    private static ModelControl Control(SiloFixture silo) => silo.Services.GetRequiredService<ModelControl>();

    private static IModelStore Models(SiloFixture silo) => silo.Services.GetRequiredService<IModelStore>();

    private static async Task<IPartitionGrain> CreateAsync(
        SiloFixture silo, string name, Func<StreamDefinition, StreamDefinition>? change = null)
    {
        var definition = TestEvents.Definition(name) with { Preset = ModelPreset.Lite };
        await silo.Catalog().CreateAsync(change?.Invoke(definition) ?? definition, Token);
        return silo.Partition(name);
    }

    private static async Task<EventScore> ProbeAsync(IPartitionGrain partition) =>
        (await partition.ProbeAsync(new ProbeEvent { Features = TestEvents.Probe(77_777).Features, Time = 1 }, Token))[0];

    private static async Task AssertAsync(SiloFixture silo, EventScore expected, long version)
    {
        // The activation that was replaced may be the one that answers: it says so, and the next call meets the new one.
        for (;;)
        {
            try
            {
                Assert.Equal(expected with { SnapshotVersion = version }, await ProbeAsync(silo.Partition("s")));
                return;
            }
            catch (DagmmStreamException exception) when (exception.IsTransient)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
            }
        }
    }

    private static async Task<string> RefusedAsync(SiloFixture silo, string stream, byte[] payload)
    {
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(
            () => Control(silo).ImportAsync(stream, payload, Token));
        Assert.Equal((ErrorCode.InvalidModel, false), (exception.Code, exception.IsTransient));
        return exception.Message;
    }
}
