using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace DagmmStream.Client;

/// <summary>Meter and activity source of the client, both named "DagmmStream.Client".</summary>
internal static class ClientTelemetry
{
    public const string Name = "DagmmStream.Client";

    private static readonly Meter Meter = new(Name);
    private static readonly Counter<long> Events =
        Meter.CreateCounter<long>("dagmm.client.events", "{event}", "Events by outcome: acknowledged, duplicate, failed.");

    private static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("dagmm.client.retries", "{batch}", "Batches sent again, by reason: refused, gap, transient.");

    private static readonly UpDownCounter<long> Queued =
        Meter.CreateUpDownCounter<long>("dagmm.client.queued", "{event}", "Events that are queued or not yet acknowledged.");

    private static readonly Histogram<double> Latency =
        Meter.CreateHistogram<double>("dagmm.client.batch.duration", "s", "Time from a batch's first sending to its acknowledgement.");

    /// <summary>Spans of sent batches.</summary>
    public static ActivitySource Activities { get; } = new(Name);

    public static void Acknowledged(int fresh, int duplicates, TimeSpan elapsed)
    {
        if (fresh > 0) Events.Add(fresh, new KeyValuePair<string, object?>("outcome", "acknowledged"));
        if (duplicates > 0) Events.Add(duplicates, new KeyValuePair<string, object?>("outcome", "duplicate"));
        Latency.Record(elapsed.TotalSeconds);
    }

    public static void Failed(int count) => Events.Add(count, new KeyValuePair<string, object?>("outcome", "failed"));

    public static void Retried(string reason) => Retries.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void QueueChanged(int by) => Queued.Add(by);
}
