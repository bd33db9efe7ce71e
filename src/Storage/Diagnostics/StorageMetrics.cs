using System.Diagnostics.Metrics;

namespace DagmmStream.Storage.Diagnostics;

/// <summary>The instruments of the store.</summary>
public static class StorageMetrics
{
    /// <summary>Name of the meter.</summary>
    public const string MeterName = "DagmmStream.Storage";

    private static readonly Meter Meter = new(MeterName);

    internal static readonly Histogram<double> CommitDuration = Meter.CreateHistogram(
        "dagmm.storage.commit.duration", "s", "Time of one group commit, from its first statement to the disk.",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
        });

    internal static readonly Histogram<int> CommitBatches = Meter.CreateHistogram(
        "dagmm.storage.commit.batches", "{batch}", "Batches in one group commit.",
        advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256] });

    internal static readonly Counter<long> Batches = Meter.CreateCounter<long>(
        "dagmm.storage.batches", "{batch}", "Batches handed to the writer, by result.");

    internal static readonly Counter<long> Retries = Meter.CreateCounter<long>(
        "dagmm.storage.commit.retries", "{group}", "Group commits tried again because the store did not answer.");

    internal static readonly UpDownCounter<int> QueueLength = Meter.CreateUpDownCounter<int>(
        "dagmm.storage.queue.length", "{batch}", "Batches waiting for the writer.");

    // Read when asked for: it must be there while nothing has ever failed.
    private static int _outages;

    static StorageMetrics() => Meter.CreateObservableGauge(
        "dagmm.storage.unavailable", () => Volatile.Read(ref _outages), "{store}",
        "1 from the first commit or read that the store fails until it does it again.");

    internal static readonly KeyValuePair<string, object?> Committed = new("result", "committed");
    internal static readonly KeyValuePair<string, object?> Failed = new("result", "failed");
    internal static readonly KeyValuePair<string, object?> Refused = new("result", "refused");

    internal static void OutageBegun() => Interlocked.Increment(ref _outages);

    internal static void OutageOver() => Interlocked.Decrement(ref _outages);
}
