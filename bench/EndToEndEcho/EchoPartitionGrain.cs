using System.Collections.Immutable;

namespace DagmmStream.Bench.EndToEndEcho;

/// <summary>Numbers the events of a batch and answers rows of the usual size.</summary>
internal sealed class EchoPartitionGrain : Grain, IPartitionGrain
{
    private long _next;

    public Task<PushReply> PushAsync(EventBatch batch, CancellationToken cancellationToken)
    {
        var rows = new byte[batch.Count * ScoreBlock.RowBytes];
        for (var i = 0; i < batch.Count; i++)
        {
            var time = EventTimes.Read(batch, i);
            var score = new EventScore(_next++, time, batch.FirstSequence + i, 0, 0, 1, Verdict.Normal, 1);
            ScoreBlock.Write(score, rows.AsSpan(i * ScoreBlock.RowBytes));
        }

        return Task.FromResult(new PushReply
        {
            Outcome = PushOutcome.Accepted,
            Scores = new ScoreBlock(rows),
            ExpectedSequence = batch.FirstSequence + batch.Count,
        });
    }

    public Task<long> GetWatermarkAsync(string producer, CancellationToken cancellationToken) => Task.FromResult(-1L);

    public Task<ScoreBlock> ProbeAsync(ProbeEvent probe, CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task<EventExplanation> ExplainAsync(long offset, CancellationToken cancellationToken) =>
        throw new NotSupportedException("echo");

    public Task<EventExplanation> ExplainProbeAsync(ProbeEvent probe, CancellationToken cancellationToken) =>
        throw new NotSupportedException("echo");

    public Task<FeedbackState> LabelAsync(long offset, FeedbackLabel? label, CancellationToken cancellationToken) =>
        throw new NotSupportedException("echo");

    public Task<FeedbackState> GetFeedbackAsync(CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task<ScorePage> ReadScoresAsync(long fromOffset, int maxCount, TimeSpan wait, CancellationToken cancellationToken) =>
        throw new NotSupportedException("echo");

    public Task<PartitionStatus> GetStatusAsync(CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task<ModelDescription> GetModelAsync(CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task<TrainingCurve> GetTrainingAsync(CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task<ImmutableArray<DriftNotice>> GetDriftsAsync(CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task<LatentSpace> GetLatentAsync(int member, int maxEvents, CancellationToken cancellationToken) =>
        throw new NotSupportedException("echo");

    public Task<PartitionStatus> CheckpointAsync(CancellationToken cancellationToken) => throw new NotSupportedException("echo");

    public Task DeleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
