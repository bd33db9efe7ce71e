namespace DagmmStream.Grains.Partitions;

/// <content>What the gauges of the meter show.</content>
internal sealed partial class PartitionGrain
{
    // A component with less than this share of the window describes nothing any more.
    private const double DeadShare = 0.01;

    /// <summary>
    /// Called from the exporter's thread, not on the turn: every number is one read of one field, and a gauge may be a moment old.
    /// </summary>
    private PartitionReading Reading()
    {
        var (report, snapshot) = (_trainer.Report, _scorer.Snapshot);
        var step = report.LastStep;
        var needed = PartitionModel.Of(_definition).Options.WarmUp;
        return new PartitionReading
        {
            Accepted = _nextOffset,
            Trained = _trainer.TrainedOffset,
            CheckpointOffset = _policy.Offset,
            CheckpointAge = _policy.Age.TotalSeconds,
            SamplingRate = _queue.CurrentRate() / (double)byte.MaxValue,
            WarmUp = snapshot is not null ? 1 : Math.Min(1, _nextOffset / (double)needed),
            HasFault = _trainer.Fault is not null,
            Version = snapshot?.Version ?? 0,
            Alerts = _alerts.Raised,
            Threshold = snapshot?.Calibration.Threshold(_definition.AlarmRate) ?? double.NaN,
            DeadComponents = snapshot?.Members.Sum(member => Shares(member.Mixture).Count(share => share < DeadShare)) ?? double.NaN,
            Objective = step?.Objective ?? double.NaN,
            Reconstruction = step?.Reconstruction ?? double.NaN,
            Energy = step?.Energy ?? double.NaN,
            Penalty = step?.Penalty ?? double.NaN,
        };
    }
}
