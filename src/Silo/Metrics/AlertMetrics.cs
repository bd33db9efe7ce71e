using System.Diagnostics.Metrics;
using DagmmStream.Storage.Alerts;

namespace DagmmStream.Silo.Metrics;

/// <summary>The instruments of messages about alerts.</summary>
internal sealed class AlertMetrics
{
    private readonly Counter<long> _attempts;
    private IReadOnlyDictionary<DeliveryState, long> _counts = new Dictionary<DeliveryState, long>();

    public AlertMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(LiveMetrics.MeterName);
        _attempts = meter.CreateCounter<long>(
            "dagmm.alerts.deliveries", "{message}",
            "Attempts to deliver a message: delivered, pending (to be tried again), dead, withheld.");
        meter.CreateObservableGauge(
            "dagmm.alerts.outbox", () => ((DeliveryState[])[DeliveryState.Pending, DeliveryState.Dead])
                .Select(state => new Measurement<long>(_counts.GetValueOrDefault(state), Outcome(state))),
            "{message}", "Messages that wait (pending) or were given up (dead); of all silos.");
        foreach (var state in Enum.GetValues<DeliveryState>()) _attempts.Add(0, Outcome(state));
    }

    /// <summary>Counts how an attempt ended.</summary>
    public void Settled(DeliveryState state) => _attempts.Add(1, Outcome(state));

    /// <summary>What the store holds now.</summary>
    public void Count(IReadOnlyDictionary<DeliveryState, long> counts) => Volatile.Write(ref _counts, counts);

    private static KeyValuePair<string, object?> Outcome(DeliveryState state) => new("outcome", state.ToString().ToLowerInvariant());
}
