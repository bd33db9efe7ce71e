using DagmmStream.Client.Producing;

namespace DagmmStream.Client.Tests;

public sealed class KeyRouterTests
{
    /// <summary>The route of a key is a promise: it decides which partition has a key's history.</summary>
    [Fact]
    public void Partition_KnownKeys_NeverChanges()
    {
        string[] keys = ["", "a", "sensor-17", "Zürich", "0123456789abcdef0123456789abcdef"];
        Assert.All(keys, key => Assert.Equal(0, KeyRouter.Partition(key, 1)));
        Assert.Equal(Golden, keys.Select(key => KeyRouter.Partition(key, 1024)));
    }

    [Fact]
    public void Partition_ManyKeys_SpreadsEvenly()
    {
        var counts = new int[16];
        for (var i = 0; i < 16_000; i++) counts[KeyRouter.Partition($"key-{i}", 16)]++;
        Assert.All(counts, count => Assert.InRange(count, 850, 1150));
    }

    private static readonly int[] Golden = [194, 543, 254, 846, 85];
}
