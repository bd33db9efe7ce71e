using System.Globalization;

namespace DagmmStream;

/// <summary>Names one partition of a stream; its text form "stream/partition" is the key of the partition grain.</summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="Partition">Number of the partition, 0 to partitions - 1.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.partition-id")]
public readonly record struct PartitionId([property: Id(0)] string Stream, [property: Id(1)] int Partition)
{
    /// <summary>Reads the text form.</summary>
    /// <param name="key">"stream/partition".</param>
    /// <returns>The name.</returns>
    /// <exception cref="FormatException">The key is not of this form.</exception>
    public static PartitionId Parse(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var slash = key.LastIndexOf('/');
        if (slash <= 0 || !int.TryParse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition))
            throw new FormatException($"\"{key}\" is no partition key; expected \"stream/partition\"");
        return new PartitionId(key[..slash], partition);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Stream}/{Partition}");
}
