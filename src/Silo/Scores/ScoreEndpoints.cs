using System.Globalization;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Events;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace DagmmStream.Silo.Scores;

/// <summary>Scores that were given, by offset or event time.</summary>
internal static class ScoreEndpoints
{
    public static void MapScores(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}").WithTags("Scores");
        group.MapGet("/scores", ReadAsync).WithName("readScores").WithSummary("Scores by offset or event time")
            .WithDescription(
                "JSON comes in pages: `next` leads to the next one. With `Accept: application/x-ndjson` or `text/csv` the whole range is "
                + "written as one file.")
            .Produces<ScoreList>(StatusCodes.Status200OK, EventEndpoints.Json, EventEndpoints.Ndjson, EventEndpoints.Csv)
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status406NotAcceptable).Requires(ApiScope.Read);
        group.MapGet("/series", SeriesAsync).WithName("readSeries")
            .WithSummary("Scores for a chart: lowest and highest per column of pixels, and every anomaly")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
    }

    private static async Task<IResult> ReadAsync(
        string stream, HttpContext context, [AsParameters] ScoreQuery query, GrainLookup grains, CancellationToken cancellationToken)
    {
        query.Validate();
        var partition = query.Partition ?? 0;
        var reader = new ScoreReader(await grains.PartitionAsync(stream, partition, cancellationToken), query);
        switch (Accepted(context.Request))
        {
            case EventEndpoints.Ndjson:
                var lines = reader.ReadAsync(query.Limit ?? long.MaxValue, scanAll: true, cancellationToken);
                await ScoreExport.WriteNdjsonAsync(lines, partition, context.Response, cancellationToken);
                return TypedResults.Empty;
            case EventEndpoints.Csv:
                var rows = reader.ReadAsync(query.Limit ?? long.MaxValue, scanAll: true, cancellationToken);
                await ScoreExport.WriteCsvAsync(rows, partition, context.Response, cancellationToken);
                return TypedResults.Empty;
            default:
                var page = new List<ScoreView>();
                await foreach (var score in reader.ReadAsync(query.Page(), scanAll: false, cancellationToken))
                    page.Add(ScoreView.Of(partition, score));
                return TypedResults.Ok(new ScoreList([.. page], reader.FirstOffset, Next(stream, query, reader.NextOffset)));
        }
    }

    private static async Task<Ok<ScoreSeries>> SeriesAsync(
        string stream, [AsParameters] SeriesQuery query, GrainLookup grains, CancellationToken cancellationToken)
    {
        query.Validate();
        var grain = await grains.PartitionAsync(stream, query.Partition ?? 0, cancellationToken);
        return TypedResults.Ok(await ScoreSeries.ReadAsync(grain, query, cancellationToken));
    }

    private static string Accepted(HttpRequest request)
    {
        if (request.GetTypedHeaders().Accept is not { Count: > 0 } accept) return EventEndpoints.Json;
        foreach (var type in accept.OrderByDescending(type => type.Quality ?? 1))
        {
            if (type.MediaType.Equals(EventEndpoints.Ndjson, StringComparison.OrdinalIgnoreCase)) return EventEndpoints.Ndjson;
            if (type.MediaType.Equals(EventEndpoints.Csv, StringComparison.OrdinalIgnoreCase)) return EventEndpoints.Csv;
            if (new MediaTypeHeaderValue(EventEndpoints.Json).IsSubsetOf(type)) return EventEndpoints.Json;
        }

        throw new ApiException(
            StatusCodes.Status406NotAcceptable, "not-acceptable", "No such representation",
            $"Accept \"{request.Headers.Accept}\": use {EventEndpoints.Json}, {EventEndpoints.Ndjson} or {EventEndpoints.Csv}");
    }

    private static string? Next(string stream, ScoreQuery query, long? offset)
    {
        if (offset is not { } from) return null;
        var link = string.Create(
            CultureInfo.InvariantCulture,
            $"/api/v1/streams/{stream}/scores?partition={query.Partition ?? 0}&from={from}&limit={query.Page()}");
        if (query.Start is { } start) link += $"&start={start.UtcDateTime:O}";
        if (query.End is { } end) link += $"&end={end.UtcDateTime:O}";
        return query.Verdict is { } verdict ? $"{link}&verdict={ApiWord.Of(verdict)}" : link;
    }
}
