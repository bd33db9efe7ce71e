using System.Collections.Concurrent;
using System.Text.Json;

namespace DagmmStream.Silo.Live;

/// <summary>New scores of one partition between two looks at it, encoded once for all who watch it in the same way.</summary>
/// <param name="partition">The partition.</param>
/// <param name="scores">Scores of consecutive events; not empty.</param>
/// <param name="json">How numbers are written.</param>
internal sealed class LiveStretch(PartitionId partition, ScoreBlock scores, JsonSerializerOptions json)
{
    // Who thins out differently from everybody else encodes for himself: what is kept is bounded.
    private const int MostViews = 8;
    private readonly ConcurrentDictionary<LiveView, byte[]> _encoded = [];

    /// <summary>First offset.</summary>
    public long First { get; } = scores[0].Offset;

    /// <summary>One past the last offset.</summary>
    public long Next { get; } = scores[scores.Count - 1].Offset + 1;

    /// <summary>The scores as a <see cref="LiveBatch"/> in JSON.</summary>
    public byte[] Encoded(LiveView view)
    {
        if (_encoded.TryGetValue(view, out var known)) return known;
        var batch = JsonSerializer.SerializeToUtf8Bytes(LiveColumns.Of(partition, scores, view), json);
        if (_encoded.Count < MostViews) _encoded.TryAdd(view, batch);
        return batch;
    }
}
