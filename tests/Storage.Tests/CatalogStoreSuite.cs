namespace DagmmStream.Storage.Tests;

public abstract class CatalogStoreSuite : StoreSuite
{
    [Fact]
    public async Task TryAddAsync_RoundTrip_EqualAndNameTakenOnce()
    {
        var catalog = CatalogOf(await OpenStoreAsync());
        var definition = new StreamDefinition
        {
            Name = "b", Features = ["x", "ÿ"], Partitions = 4, Durability = Durability.InMemory, Learning = LearningPolicy.Every,
            Seed = ulong.MaxValue, AlarmRate = 0.1, ScoreRetention = TimeSpan.FromTicks(123456789),
        };
        Assert.True(await catalog.TryAddAsync(definition, Token));
        Assert.False(await catalog.TryAddAsync(definition with { Seed = 2 }, Token));
        Assert.True(await catalog.TryAddAsync(definition with { Name = "a" }, Token));

        Assert.Equal(definition, await catalog.FindAsync("b", Token));
        Assert.Null(await catalog.FindAsync("c", Token));
        var changed = definition with { AlarmRate = 0.2 };
        Assert.True(await catalog.TryReplaceAsync(definition, changed, Token));
        Assert.False(await catalog.TryReplaceAsync(definition, changed with { AlarmRate = 0.3 }, Token));
        Assert.False(await catalog.TryReplaceAsync(definition with { Name = "c" }, changed with { Name = "c" }, Token));
        Assert.Equal(changed, await catalog.FindAsync("b", Token));
        Assert.Equal(["a", "b"], (await catalog.ListAsync(Token)).Select(found => found.Name));
        Assert.True(await catalog.RemoveAsync("a", Token));
        Assert.False(await catalog.RemoveAsync("a", Token));
    }
}
