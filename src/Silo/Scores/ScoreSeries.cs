using System.Collections.Immutable;
using DagmmStream.Silo.Api;

namespace DagmmStream.Silo.Scores;

/// <summary>
/// A stretch of scores for a chart, as columns of equal length: every column of pixels has its lowest and its highest score, so that no
/// peak is lost; the newest event ends it, and every anomaly stands there once more by itself.
/// </summary>
public sealed record ScoreSeries
{
    private const int DefaultColumns = 1000;
    private const long DefaultEvents = 5000;
    private const int PageSize = 8192;
    private const int MostAnomalies = 2000;

    /// <summary>First offset drawn.</summary>
    public required long From { get; init; }

    /// <summary>One past the last offset drawn.</summary>
    public required long To { get; init; }

    /// <summary>First offset that is kept.</summary>
    public required long FirstOffset { get; init; }

    /// <summary>Events per column; 1 when nothing was left out.</summary>
    public required long EventsPerColumn { get; init; }

    /// <summary>Offsets of the points.</summary>
    public required ImmutableArray<long> Offset { get; init; }

    /// <summary>Event times of the points, milliseconds since 1970-01-01 UTC.</summary>
    public required ImmutableArray<double> Time { get; init; }

    /// <summary>Energies of the points; null while warming up.</summary>
    public required ImmutableArray<double> Energy { get; init; }

    /// <summary>Scores of the points; null while warming up.</summary>
    public required ImmutableArray<double> Score { get; init; }

    /// <summary>The anomalous events, oldest first; the newest of them if there are many.</summary>
    public required ImmutableArray<ScoreView> Anomalies { get; init; }

    /// <summary>Where a new snapshot scored for the first time: offset and version, at most 200 of them.</summary>
    public required ImmutableArray<SnapshotChange> Snapshots { get; init; }

    internal static async Task<ScoreSeries> ReadAsync(IPartitionGrain grain, SeriesQuery query, CancellationToken cancellationToken)
    {
        var next = (await grain.GetStatusAsync(cancellationToken)).Accepted;
        var oldest = await grain.ReadScoresAsync(0, 1, TimeSpan.Zero, cancellationToken);
        var first = oldest.Scores.Count > 0 ? oldest.Scores[0].Offset : next;
        var to = Math.Min(query.To ?? next, next);
        var from = query.From ?? -DefaultEvents;
        from = Math.Max(first, from < 0 ? to + from : from);
        if (to - from > SeriesQuery.MostEvents)
            throw Problems.Parameter("from", from, $"at most {SeriesQuery.MostEvents} events are drawn at once; there are {to - from}");
        var columns = query.Columns ?? DefaultColumns;

        // Two points a column: what is shorter comes whole.
        var perColumn = Math.Max(1, (to - from + columns - 1) / columns);
        var builder = new SeriesBuilder(perColumn <= 2 ? 1 : perColumn, query.Partition ?? 0, MostAnomalies);
        for (var offset = from; offset < to;)
        {
            var page = await grain.ReadScoresAsync(offset, (int)Math.Min(PageSize, to - offset), TimeSpan.Zero, cancellationToken);
            for (var i = 0; i < page.Scores.Count; i++) builder.Add(page.Scores[i]);
            if (page.NextOffset <= offset) break;
            offset = page.NextOffset;
        }

        return builder.Build(from, Math.Max(from, to), first);
    }
}
