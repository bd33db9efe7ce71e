using System.Diagnostics.Metrics;

namespace DagmmStream.Grains.Partitions;

/// <summary>The meter "DagmmStream": what partitions accept, refuse, score and learn.</summary>
internal sealed class PartitionMetrics
{
    public const string MeterName = "DagmmStream";

    private readonly Counter<long> _events;
    private readonly Counter<long> _anomalies;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _checkpoints;

    public PartitionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _events = meter.CreateCounter<long>("dagmm.events", "{event}", "Events by outcome: accepted, duplicate, refused, invalid.");
        _anomalies = meter.CreateCounter<long>("dagmm.anomalies", "{event}", "Events called anomalous.");
        _steps = meter.CreateCounter<long>("dagmm.training.steps", "{step}", "Training steps tried.");
        _failures = meter.CreateCounter<long>(
            "dagmm.numeric_failures", "{failure}", "Skipped steps, Cholesky repairs and failed publishes by kind.");
        _checkpoints = meter.CreateCounter<long>("dagmm.checkpoints", "{checkpoint}", "Checkpoints by outcome: written, failed.");
    }

    public void Accepted(int count, int anomalies)
    {
        _events.Add(count, new KeyValuePair<string, object?>("outcome", "accepted"));
        if (anomalies > 0) _anomalies.Add(anomalies);
    }

    public void Duplicate(int count) => _events.Add(count, new KeyValuePair<string, object?>("outcome", "duplicate"));

    public void Refused(int count) => _events.Add(count, new KeyValuePair<string, object?>("outcome", "refused"));

    public void Invalid(int count) => _events.Add(count, new KeyValuePair<string, object?>("outcome", "invalid"));

    public void Steps(long count) => _steps.Add(count);

    public void Failures(string kind, long count)
    {
        if (count > 0) _failures.Add(count, new KeyValuePair<string, object?>("kind", kind));
    }

    public void Checkpoint(string outcome) => _checkpoints.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
}
