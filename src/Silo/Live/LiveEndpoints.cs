using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Live;

/// <summary>Scores while they are given, as server-sent events.</summary>
internal static class LiveEndpoints
{
    private const int MostPartitions = 256;
    private const int MostBacklog = 100_000;

    public static void MapLive(this RouteGroupBuilder api) =>
        api.MapGet("/live", WatchAsync).WithTags("Live").WithName("watchScores").WithSummary("Live scores of several streams")
            .WithDescription(
                "Server-sent events named `scores`, at most ten a second, each with the new scores as columns. The id of every message is "
                + "a cursor: sent back as `Last-Event-ID` it resumes without gap or duplicate.")
            .Produces<LiveFrame>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status429TooManyRequests).Requires(ApiScope.Read);

    private static async Task<IResult> WatchAsync(
        string streams, GrainLookup grains, LiveHub hub, IOptions<HttpApiOptions> options, TimeProvider time,
        IHostApplicationLifetime lifetime, HttpContext context, [FromHeader(Name = "Last-Event-ID")] string? lastEventId = null,
        int backlog = 0, int? points = null, string? columns = null, int? partition = null, CancellationToken cancellationToken = default)
    {
        if (backlog is < 0 or > MostBacklog) throw Problems.Parameter("backlog", backlog, $"use 0 to {MostBacklog}");
        if (points is < 2) throw Problems.Parameter("points", points, "use at least 2");
        if (columns is not (null or "chart" or "all")) throw Problems.Parameter("columns", columns, "use chart or all");
        if (!LiveCursor.TryParse(lastEventId, out var cursor))
            throw Problems.Parameter("Last-Event-ID", lastEventId, "send the id of a message of this service, or none");
        var watched = await PartitionsAsync(streams, partition, grains, cancellationToken);
        foreach (var id in watched)
        {
            if (cursor[id] is not null) continue;
            var accepted = (await grains.Partition(id.Stream, id.Partition).GetStatusAsync(cancellationToken)).Accepted;
            cursor[id] = Math.Max(0, accepted - backlog);
        }

        // A reader must not hold up the stop of the silo: it connects again, to this one or another.
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        context.Response.RegisterForDispose(ended);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        var connection = new LiveConnection(hub, grains, options.Value, time, new LiveView(points, columns == "all"));
        return TypedResults.ServerSentEvents(connection.RunAsync(watched, cursor, ended.Token));
    }

    private static async Task<PartitionId[]> PartitionsAsync(
        string streams, int? only, GrainLookup grains, CancellationToken cancellationToken)
    {
        var names = streams.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (names.Length == 0) throw Problems.Parameter("streams", streams, "name the streams, separated by commas");
        var partitions = new List<PartitionId>();
        foreach (var name in names.Distinct(StringComparer.Ordinal))
        {
            var definition = await grains.DefinitionAsync(name, cancellationToken);
            if (only < 0 || only >= definition.Partitions)
                throw Problems.Parameter("partition", only, $"stream \"{name}\" has 0 to {definition.Partitions - 1}");
            var numbers = only is { } number ? [number] : Enumerable.Range(0, definition.Partitions);
            partitions.AddRange(numbers.Select(number => new PartitionId(name, number)));
        }

        return partitions.Count <= MostPartitions
            ? [.. partitions]
            : throw Problems.Parameter("streams", streams, $"at most {MostPartitions} partitions on one connection");
    }
}
