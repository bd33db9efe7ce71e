using System.Runtime.CompilerServices;
using DagmmStream.Silo.Events;

namespace DagmmStream.Silo.Scores;

/// <summary>Reads one partition's scores by offset and event time.</summary>
/// <remarks>
/// The history is ordered by offset. A range of times is found by bisection, on the understanding that event times grow with offsets:
/// events that come out of order near an end of the range may be missed.
/// </remarks>
/// <param name="grain">The partition.</param>
/// <param name="query">Which scores.</param>
internal sealed class ScoreReader(IPartitionGrain grain, ScoreQuery query)
{
    private const int PageSize = 4096;

    // What one page may look at when few events match: the reader goes on where it stopped.
    private const int LongestScan = 200_000;

    private readonly long _start = query.Start is { } start ? EventTime.Of(start) : long.MinValue;
    private readonly Verdict? _verdict = query.Verdict;
    private readonly long _end = query.End is { } end ? EventTime.Of(end) : long.MaxValue;

    /// <summary>First offset that is kept.</summary>
    public long FirstOffset { get; private set; }

    /// <summary>Where a following read goes on; null when the range is read to its end.</summary>
    public long? NextOffset { get; private set; }

    /// <summary>Reads scores until so many match, or the end of what there is.</summary>
    public async IAsyncEnumerable<EventScore> ReadAsync(
        long limit, bool scanAll, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var offset = await BeginAsync(cancellationToken);
        var (found, seen) = (0L, 0L);
        while (true)
        {
            var page = await grain.ReadScoresAsync(offset, PageSize, TimeSpan.Zero, cancellationToken);
            NextOffset = page.Scores.Count == 0 && page.NextOffset <= offset ? null : page.NextOffset;
            for (var i = 0; i < page.Scores.Count; i++)
            {
                var score = page.Scores[i];
                if (score.Time >= _end && page.Scores[page.Scores.Count - 1].Time >= _end)
                {
                    NextOffset = null;
                    yield break;
                }

                if (!Matches(score)) continue;
                yield return score;
                if (++found < limit) continue;
                NextOffset = score.Offset + 1;
                yield break;
            }

            seen += page.Scores.Count;
            if (NextOffset is null || (!scanAll && seen >= LongestScan)) yield break;
            offset = page.NextOffset;
        }
    }

    private bool Matches(in EventScore score) =>
        score.Time >= _start && score.Time < _end && (_verdict is null || score.Verdict == _verdict);

    private async Task<long> BeginAsync(CancellationToken cancellationToken)
    {
        var next = (await grain.GetStatusAsync(cancellationToken)).Accepted;
        var oldest = await grain.ReadScoresAsync(0, 1, TimeSpan.Zero, cancellationToken);
        FirstOffset = oldest.Scores.Count > 0 ? oldest.Scores[0].Offset : next;
        var from = query.From is not { } asked ? FirstOffset : asked >= 0 ? asked : next + asked;
        from = Math.Max(from, FirstOffset);
        return query.Start is null ? from : Math.Max(from, await BisectAsync(FirstOffset, next, cancellationToken));
    }

    /// <summary>The first offset whose event is not before the start.</summary>
    private async Task<long> BisectAsync(long low, long high, CancellationToken cancellationToken)
    {
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var page = await grain.ReadScoresAsync(middle, 1, TimeSpan.Zero, cancellationToken);
            if (page.Scores.Count == 0 || page.Scores[0].Time >= _start) high = middle;
            else low = page.Scores[0].Offset + 1;
        }

        return low;
    }
}
