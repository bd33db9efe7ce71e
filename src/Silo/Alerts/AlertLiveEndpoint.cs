using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Live;
using DagmmStream.Storage.Alerts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>Alerts while they begin, grow and end, as server-sent events.</summary>
internal static class AlertLiveEndpoint
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    public static void MapLiveAlerts(this RouteGroupBuilder api) =>
        api.MapGet("/alerts/live", Watch).WithTags("Alerts").WithName("watchAlerts").WithSummary("Alerts while they change")
            .WithDescription(
                "Server-sent events named `alerts`, at most one a second: first the newest 200 alerts, then those of them that are new or "
                + "have changed (begun, grown, ended, taken, suppressed), each whole. A message without alerts says that the connection "
                + "lives. Who connects again gets everything again.")
            .Produces<AlertList>(StatusCodes.Status200OK, "text/event-stream")
            .ProducesProblem(StatusCodes.Status429TooManyRequests).Requires(ApiScope.Read);

    private static ServerSentEventsResult<AlertList> Watch(
        AlertFeed feed, AlertDesk desk, LiveHub hub, IOptions<AlertOptions> alerts, IOptions<HttpApiOptions> http, TimeProvider time,
        IHostApplicationLifetime lifetime, HttpContext context)
    {
        var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        context.Response.RegisterForDispose(ended);
        context.Response.Headers["X-Accel-Buffering"] = "no";
        return TypedResults.ServerSentEvents(
            RunAsync(feed, desk, hub, alerts.Value.PollInterval, http.Value.LiveKeepAlive, time, ended.Token));
    }

    private static async IAsyncEnumerable<SseItem<AlertList>> RunAsync(
        AlertFeed feed, AlertDesk desk, LiveHub hub, TimeSpan interval, TimeSpan keepAlive, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        hub.Connect();
        try
        {
            var (watch, sent) = (new AlertWatch(), 0L);
            while (await NextAsync(feed, watch, sent == 0 ? TimeSpan.Zero : interval, time, cancellationToken) is { } changed)
            {
                var visible = changed.Where(record => desk.Grains.IsVisible(record.Episode.Stream)).Select(desk.View).ToArray();
                if (sent != 0 && visible.Length == 0 && time.GetElapsedTime(sent) < keepAlive) continue;
                sent = time.GetTimestamp();
                yield return new SseItem<AlertList>(new AlertList([.. visible], null), "alerts") { ReconnectionInterval = Reconnect };
            }
        }
        finally
        {
            hub.Disconnect();
        }
    }

    /// <summary>What has changed; null when the reader has left or the silo stops, which is no error.</summary>
    private static async Task<IReadOnlyList<AlertRecord>?> NextAsync(
        AlertFeed feed, AlertWatch watch, TimeSpan wait, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(wait, time, cancellationToken);
            return watch.Changed(await feed.ReadAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
