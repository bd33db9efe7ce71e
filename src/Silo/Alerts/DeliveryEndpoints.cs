using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using DagmmStream.Storage.Alerts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Alerts;

/// <summary>Messages about alerts: what was given up, and sending it again.</summary>
internal static class DeliveryEndpoints
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;

    public static void MapDeliveries(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/alerts/deliveries").WithTags("Alerts");
        group.MapGet("/", ListAsync).WithName("listDeliveries").WithSummary("Messages in a state: without one, those that were given up")
            .ProducesProblem(StatusCodes.Status400BadRequest).Requires(ApiScope.Read);
        group.MapPost("/{number:long}/resend", ResendAsync).WithName("resendDelivery")
            .WithSummary("Send a message again, with all its attempts")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).Requires(ApiScope.Admin);
    }

    private static async Task<Ok<DeliveryList>> ListAsync(
        AlertDesk desk, CancellationToken cancellationToken, string? state = null, string? stream = null, long after = long.MaxValue,
        int limit = DefaultPage)
    {
        if (limit is < 1 or > LargestPage) throw Problems.Parameter("limit", limit, $"use 1 to {LargestPage}");
        if (stream is not null) desk.Grains.ThrowIfHidden(stream);
        var wanted = ApiWord.Parse<DeliveryState>("state", state) ?? DeliveryState.Dead;
        var found = await desk.Alerts.ListDeliveriesAsync(wanted, stream, after, limit, cancellationToken);
        var filter = stream is null ? "" : $"&stream={stream}";
        var next = found.Count < limit
            ? null
            : FormattableString.Invariant(
                $"/api/v1/alerts/deliveries?state={ApiWord.Of(wanted)}&after={found[^1].Number}&limit={limit}{filter}");
        var visible = found.Where(delivery => desk.Grains.IsVisible(delivery.Episode.Stream)).Select(DeliveryView.Of);
        return TypedResults.Ok(new DeliveryList([.. visible], next));
    }

    private static async Task<Ok<DeliveryView>> ResendAsync(
        long number, AlertDesk desk, TimeProvider time, CancellationToken cancellationToken)
    {
        await FindAsync(number, desk, cancellationToken);
        if (!await desk.Alerts.ResendAsync(number, time.GetUtcNow(), cancellationToken))
            throw new ApiException(
                StatusCodes.Status409Conflict, "delivery-pending", "The message is still being sent",
                $"message {number} is pending: it is tried again by itself");
        return TypedResults.Ok(DeliveryView.Of(await FindAsync(number, desk, cancellationToken)));
    }

    private static async Task<AlertDelivery> FindAsync(long number, AlertDesk desk, CancellationToken cancellationToken) =>
        await desk.Alerts.FindDeliveryAsync(number, cancellationToken) is { } found && desk.Grains.IsVisible(found.Episode.Stream)
            ? found
            : throw new ApiException(
                StatusCodes.Status404NotFound, "delivery-not-found", "There is no such message", $"there is no message {number}");
}
