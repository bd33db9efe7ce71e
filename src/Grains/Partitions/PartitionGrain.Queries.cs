using System.Collections.Immutable;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Grains.Partitions;

/// <content>What the partition tells about itself.</content>
internal sealed partial class PartitionGrain
{
    private const int MaxScores = 10_000;
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    public async Task<ScorePage> ReadScoresAsync(long fromOffset, int maxCount, TimeSpan wait, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        ArgumentOutOfRangeException.ThrowIfNegative(fromOffset);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxCount, 1);
        maxCount = Math.Min(maxCount, MaxScores);
        if (fromOffset >= _ring.NextOffset && wait > TimeSpan.Zero && !_closing)
            await WaitForScoresAsync(wait < MaxWait ? wait : MaxWait, cancellationToken);
        if (fromOffset >= _ring.FirstOffset)
        {
            var scores = _ring.Read(fromOffset, maxCount);
            return new ScorePage { Scores = scores, NextOffset = fromOffset + scores.Count, FirstOffset = 0 };
        }

        var (first, _) = await _services.History.GetRangeAsync(_id, cancellationToken);
        var from = Math.Max(first, fromOffset);
        if (from >= _ring.FirstOffset)
        {
            var scores = _ring.Read(from, maxCount);
            return new ScorePage { Scores = scores, NextOffset = from + scores.Count, FirstOffset = first };
        }

        var stored = await _services.History.ReadAsync(_id, from, maxCount, cancellationToken);
        var next = stored.Count == 0 ? Math.Max(from, _ring.FirstOffset) : stored[stored.Count - 1].Offset + 1;
        return new ScorePage { Scores = stored, NextOffset = next, FirstOffset = first };
    }

    public Task<PartitionStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return Task.FromResult(Status());
    }

    public Task<ModelDescription> GetModelAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return Task.FromResult(_scorer.Snapshot is { } snapshot ? Describe(snapshot) : Undescribed());
    }

    public async Task<ImmutableArray<DriftNotice>> GetDriftsAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        var drifts = ImmutableArray.CreateBuilder<DriftNotice>();
        foreach (var drift in _trainer.Report.Drifts)
        {
            var page = await ReadScoresAsync(Math.Max(0, drift.Offset - 1), 1, TimeSpan.Zero, cancellationToken);
            var isKept = page.Scores.Count > 0 && page.Scores[0].Offset == drift.Offset - 1;
            drifts.Add(new DriftNotice(drift.Offset, (DriftStage)drift.Kind, drift.Size)
            {
                Time = isKept ? page.Scores[0].Timestamp : null,
            });
        }

        return drifts.ToImmutable();
    }

    public async Task<long> GetWatermarkAsync(string producer, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        ArgumentException.ThrowIfNullOrEmpty(producer);
        await ConfirmOwnershipAsync(cancellationToken);
        return _watermarks[producer];
    }

    private PartitionStatus Status()
    {
        var report = _trainer.Report;
        return new PartitionStatus
        {
            Partition = _id,
            State = IsClosed ? PartitionState.Draining
                : _scorer.Snapshot is null ? PartitionState.WarmingUp : PartitionState.Running,
            Accepted = _nextOffset,
            Trained = _trainer.TrainedOffset,
            NotLearned = _trainer.NotLearned,
            RejectedByGuard = report.Counters.Rejected,
            WarmUpSeen = _trainer.WarmUpSeen,
            ProvisionalEvents = _trainer.ProvisionalEvents,
            WarmUpNeeded = PartitionModel.Of(_definition).Options.WarmUp,
            Steps = report.Steps,
            SkippedSteps = report.Counters.SkippedSteps,
            CholeskyRepairs = report.Counters.CholeskyRepairs,
            SnapshotVersion = _scorer.Snapshot?.Version ?? 0,
            CheckpointOffset = _policy.Offset,
            Checkpoints = _policy.Written,
            Duplicates = _duplicates,
            Refused = _refused,
            SamplingRate = _queue.CurrentRate() / (double)byte.MaxValue,
            FailedPublishes = report.Counters.FailedPublishes,
            Anomalies = _anomalies,
            TrainingFault = _trainer.Fault?.Message,
            Imputed = _inputs.Tallies.Imputed,
            Late = _inputs.Tallies.Late,
            UnseenCategories = _inputs.Tallies.Unseen,
            Suppressed = _decision.Suppressed,
            Raised = _decision.Raised,
            Labels = _decision.Labels.Count,
            DecisionLimit = _decision.Limit,
        };
    }

    private ModelDescription Describe(ModelSnapshot snapshot)
    {
        var spec = snapshot.Layout.Spec;
        return new ModelDescription
        {
            Partition = _id,
            Version = snapshot.Version,
            Engine = _engine,
            Parameters = snapshot.Layout.Length,
            Members = spec.Members.Length,
            Components = spec.Components,
            LatentDimension = spec.LatentDimension,
            Shares = [.. snapshot.Members.SelectMany(member => Shares(member.Mixture))],
            Threshold = _decision.Threshold(snapshot),
            FeatureMeans = [.. snapshot.Scaler.Mean],
            FeatureDeviations = [.. Enumerable.Range(0, spec.Features).Select(snapshot.Scaler.Deviation)],
            WindowCount = snapshot.WindowCount,
        };
    }

    private static double[] Shares(Mixture mixture)
    {
        var shares = new double[mixture.Components];
        for (var k = 0; k < shares.Length; k++) shares[k] = Math.Exp(mixture.LogShares[k]);
        return shares;
    }

    private ModelDescription Undescribed() => new()
    {
        Partition = _id,
        Version = 0,
        Engine = _engine,
        Parameters = 0,
        Members = 0,
        Components = 0,
        LatentDimension = 0,
        Shares = [],
        Threshold = double.PositiveInfinity,
        FeatureMeans = [],
        FeatureDeviations = [],
        WindowCount = 0,
    };

    private async Task WaitForScoresAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        try
        {
            await _scoresArrived.Task.WaitAsync(wait, _services.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // No news is an answer: the reader gets an empty page and asks again.
            return;
        }
    }
}
