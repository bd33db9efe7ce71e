using System.Globalization;

namespace DagmmStream.Silo.Live;

/// <summary>
/// How far a live connection has come in each of its partitions. Its text form, "stream/partition=offset" separated by commas, is the id of
/// every message: a browser sends the last one back when it connects again, and misses nothing and sees nothing twice.
/// </summary>
internal sealed class LiveCursor
{
    private readonly SortedDictionary<string, long> _offsets = new(StringComparer.Ordinal);

    /// <summary>The next offset of a partition; null when the cursor does not know it.</summary>
    public long? this[PartitionId partition]
    {
        get => _offsets.TryGetValue(partition.ToString(), out var offset) ? offset : null;
        set => _offsets[partition.ToString()] = value ?? throw new ArgumentNullException(nameof(value));
    }

    /// <summary>Reads the text form.</summary>
    /// <returns>False when it is none of ours.</returns>
    public static bool TryParse(string? text, out LiveCursor cursor)
    {
        cursor = new LiveCursor();
        foreach (var part in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = part.LastIndexOf('=');
            if (equals <= 0 || !long.TryParse(part.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var offset))
                return false;
            cursor._offsets[part[..equals]] = offset;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join(',', _offsets.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value}")));
}
