using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using DagmmStream.Storage.Alerts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Alerts;

/// <summary>Alerts: list, look at, take, keep quiet.</summary>
internal static class AlertEndpoints
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;
    private const int LongestNote = 1000;

    // A caller that may see few streams gets a shorter page rather than a search through all of history.
    private const int MostPages = 10;

    public static void MapAlerts(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/alerts").WithTags("Alerts");
        group.MapGet("/", ListAsync).WithName("listAlerts").WithSummary("Alerts of all streams, the newest first")
            .WithDescription("Without `state`: those that go on and those that are over. `pending` and `passed` are episodes that were "
                + "never alerts.")
            .ProducesProblem(StatusCodes.Status400BadRequest).Requires(ApiScope.Read);
        group.MapGet("/{id}", ReadAsync).WithName("readAlert").WithSummary("An alert and the messages about it")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapPost("/{id}/acknowledge", AcknowledgeAsync).WithName("acknowledgeAlert").WithSummary("Take an alert")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapDelete("/{id}/acknowledge", ReleaseAsync).WithName("releaseAlert").WithSummary("Give an alert back")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapPost("/{id}/suppress", (string id, AlertDesk desk, CancellationToken token) => SuppressAsync(id, true, desk, token))
            .WithName("suppressAlert").WithSummary("Tell nobody about an alert any more")
            .WithDescription("A flag: the alert goes on being watched, kept and shown.")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapDelete("/{id}/suppress", (string id, AlertDesk desk, CancellationToken token) => SuppressAsync(id, false, desk, token))
            .WithName("unsuppressAlert").WithSummary("Tell about an alert again")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        api.MapGet("/streams/{stream}/alerts", ListOfStreamAsync).WithTags("Alerts").WithName("listStreamAlerts")
            .WithSummary("Alerts of a stream, the newest first").ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
    }

    private static Task<Ok<AlertList>> ListAsync(
        AlertDesk desk, CancellationToken cancellationToken, string? kind = null, string? state = null, long after = long.MaxValue,
        int limit = DefaultPage) =>
        PageAsync(desk, null, kind, state, after, limit, cancellationToken);

    private static async Task<Ok<AlertList>> ListOfStreamAsync(
        string stream, AlertDesk desk, CancellationToken cancellationToken, string? kind = null, string? state = null,
        long after = long.MaxValue, int limit = DefaultPage)
    {
        await desk.Grains.DefinitionAsync(stream, cancellationToken);
        return await PageAsync(desk, stream, kind, state, after, limit, cancellationToken);
    }

    private static async Task<Ok<AlertList>> PageAsync(
        AlertDesk desk, string? stream, string? kind, string? state, long after, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > LargestPage) throw Problems.Parameter("limit", limit, $"use 1 to {LargestPage}");
        var query = new AlertQuery
        {
            Stream = stream, Kind = ApiWord.Parse<AlertKind>("kind", kind), State = ApiWord.Parse<AlertState>("state", state),
            AlertsOnly = true, Before = after, Limit = limit,
        };
        var (found, isMore) = (new List<AlertRecord>(limit), true);
        for (var page = 0; page < MostPages && found.Count < limit && isMore; page++)
        {
            var records = await desk.Alerts.ListAsync(query, cancellationToken);
            isMore = records.Count == limit;
            foreach (var record in records)
            {
                query = query with { Before = record.Number };
                if (desk.Grains.IsVisible(record.Episode.Stream)) found.Add(record);
                if (found.Count == limit) break;
            }
        }

        var path = stream is null ? "/api/v1/alerts" : $"/api/v1/streams/{stream}/alerts";
        var filter = (kind is null ? "" : $"&kind={kind}") + (state is null ? "" : $"&state={state}");
        var next = isMore ? FormattableString.Invariant($"{path}?after={query.Before}&limit={limit}{filter}") : null;
        return TypedResults.Ok(new AlertList([.. found.Select(desk.View)], next));
    }

    private static async Task<Ok<AlertDetail>> ReadAsync(string id, AlertDesk desk, CancellationToken cancellationToken)
    {
        var record = await desk.FindAsync(id, cancellationToken);
        var deliveries = await desk.Alerts.ReadDeliveriesAsync(id, cancellationToken);
        return TypedResults.Ok(new AlertDetail(desk.View(record), [.. deliveries.Select(DeliveryView.Of)]));
    }

    private static async Task<Ok<AlertView>> AcknowledgeAsync(
        string id, AlertDesk desk, HttpContext context, TimeProvider time, CancellationToken cancellationToken,
        AcknowledgeBody? body = null)
    {
        if (body?.Note?.Length > LongestNote)
            throw Problems.Parameter("note", $"{body.Note.Length} characters", $"use at most {LongestNote}");
        await desk.FindAsync(id, cancellationToken);
        var who = context.User.Identity?.Name;
        await desk.Alerts.AcknowledgeAsync(id, time.GetUtcNow(), who, body?.Note, cancellationToken);
        return TypedResults.Ok(desk.View(await desk.FindAsync(id, cancellationToken)));
    }

    private static async Task<Ok<AlertView>> ReleaseAsync(string id, AlertDesk desk, CancellationToken cancellationToken)
    {
        await desk.FindAsync(id, cancellationToken);
        await desk.Alerts.AcknowledgeAsync(id, null, null, null, cancellationToken);
        return TypedResults.Ok(desk.View(await desk.FindAsync(id, cancellationToken)));
    }

    private static async Task<Ok<AlertView>> SuppressAsync(
        string id, bool isSuppressed, AlertDesk desk, CancellationToken cancellationToken)
    {
        await desk.FindAsync(id, cancellationToken);
        await desk.Alerts.SuppressAsync(id, isSuppressed, cancellationToken);
        return TypedResults.Ok(desk.View(await desk.FindAsync(id, cancellationToken)));
    }
}
