using System.ComponentModel;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Mvc;

namespace DagmmStream.Silo.Scores;

/// <summary>Which part of a partition's history is drawn, and how wide.</summary>
internal sealed class SeriesQuery
{
    public const long MostEvents = 500_000;
    private const int MostColumns = 10_000;

    [FromQuery(Name = "partition")]
    [Description("The partition; default 0.")]
    public int? Partition { get; init; }

    [FromQuery(Name = "from")]
    [Description("First offset; negative: so many before the end. Default: the last 5,000 events.")]
    public long? From { get; init; }

    [FromQuery(Name = "to")]
    [Description("One past the last offset; default: the end.")]
    public long? To { get; init; }

    [FromQuery(Name = "columns")]
    [Description("Columns of pixels: 1 to 10,000, default 1,000. Shorter ranges come event by event.")]
    public int? Columns { get; init; }

    public void Validate()
    {
        if (Columns is < 1 or > MostColumns) throw Problems.Parameter("columns", Columns, $"use 1 to {MostColumns}");
        if (To is { } to && From is { } from && from >= 0 && to <= from) throw Problems.Parameter("to", to, "must be after from");
    }
}
