using System.ComponentModel;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Mvc;

namespace DagmmStream.Silo.Scores;

/// <summary>Which scores are read.</summary>
internal sealed class ScoreQuery
{
    public const int LargestPage = 10_000;
    private const int DefaultPage = 1000;

    [FromQuery(Name = "partition")]
    [Description("The partition; default 0.")]
    public int? Partition { get; init; }

    [FromQuery(Name = "from")]
    [Description("First offset wanted; default: the oldest that is kept. Negative: so many before the end.")]
    public long? From { get; init; }

    [FromQuery(Name = "start")]
    [Description("Earliest event time, ISO 8601.")]
    public DateTimeOffset? Start { get; init; }

    [FromQuery(Name = "end")]
    [Description("Event time before which all events lie, ISO 8601.")]
    public DateTimeOffset? End { get; init; }

    [FromQuery(Name = "verdict")]
    [Description("Only scores of this verdict: `warmingUp`, `normal` or `anomalous`.")]
    public string? Word { get; init; }

    public Verdict? Verdict => ApiWord.Parse<Verdict>("verdict", Word);

    [FromQuery(Name = "limit")]
    [Description("At most so many: 1 to 10,000, default 1,000, for JSON; without bound and default for NDJSON and CSV.")]
    public long? Limit { get; init; }

    public void Validate()
    {
        if (Limit is < 1) throw Problems.Parameter("limit", Limit, "use at least 1");
        _ = Verdict;
        if (Start >= End) throw Problems.Parameter("end", End, "must be after start");
    }

    public int Page()
    {
        if (Limit is > LargestPage)
            throw Problems.Parameter("limit", Limit, $"use 1 to {LargestPage} for JSON; NDJSON and CSV have no bound");
        return (int)(Limit ?? DefaultPage);
    }
}
