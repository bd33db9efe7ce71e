using System.Diagnostics.Metrics;
using DagmmStream.Grains.Partitions;

namespace DagmmStream.Grains.Rounds;

/// <summary>What the meter "DagmmStream" says about rounds.</summary>
internal sealed class RoundMetrics
{
    private readonly Counter<long> _rounds;
    private readonly Counter<long> _leftOut;
    private readonly Histogram<double> _duration;

    public RoundMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(PartitionMetrics.MeterName);
        _rounds = meter.CreateCounter<long>("dagmm.rounds", "{round}", "Rounds of streams with several partitions: published, undecided.");
        _leftOut = meter.CreateCounter<long>("dagmm.rounds.left_out", "{partition}", "Partitions that a published round is without.");
        _duration = meter.CreateHistogram(
            "dagmm.round.duration", "s", "Time from the first question of a round to its written snapshot.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] });
        foreach (var outcome in (string[])["published", "undecided"]) _rounds.Add(0, Outcome(outcome));
        _leftOut.Add(0);
    }

    public void Published(TimeSpan duration, int leftOut)
    {
        _rounds.Add(1, Outcome("published"));
        _leftOut.Add(leftOut);
        _duration.Record(duration.TotalSeconds);
    }

    public void Undecided() => _rounds.Add(1, Outcome("undecided"));

    private static KeyValuePair<string, object?> Outcome(string outcome) => new("outcome", outcome);
}
