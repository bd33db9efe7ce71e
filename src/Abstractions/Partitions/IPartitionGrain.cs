using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>One partition of a stream; its key is the text form of <see cref="PartitionId"/>.</summary>
[Alias("dagmm.partition")]
public interface IPartitionGrain : IGrainWithStringKey
{
    /// <summary>
    /// Scores, journals and queues for learning a batch of events: all of it or nothing. Returns after the events are as durable as the
    /// stream promises. A batch may be sent again after any failure: events at or below the producer's watermark are recognised.
    /// </summary>
    /// <param name="batch">The events.</param>
    /// <param name="cancellationToken">Cancels the wait, not the work.</param>
    /// <returns>Verdicts, or why nothing was accepted.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>, <see cref="ErrorCode.InvalidBatch"/>,
    /// <see cref="ErrorCode.InvalidEvent"/>, <see cref="ErrorCode.InvalidSequence"/> (all final), <see cref="ErrorCode.StoreUnavailable"/>,
    /// <see cref="ErrorCode.Fenced"/> (both transient).</exception>
    [Alias("Push")]
    Task<PushReply> PushAsync(EventBatch batch, CancellationToken cancellationToken = default);

    /// <summary>Scores an event with the current snapshot and forgets it: nothing is journaled, learned or counted.</summary>
    /// <param name="probe">The event.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>One score with offset -1.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>.</exception>
    [Alias("ProbeEvent")]
    Task<ScoreBlock> ProbeAsync(ProbeEvent probe, CancellationToken cancellationToken = default);

    /// <summary>Explains the score of an accepted event: that of an anomaly as it was when it was scored, kept as long as the stream says;
    /// that of another recent event under the snapshot that stands now.</summary>
    /// <param name="offset">Offset of the event.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> when the event's features are no longer kept, or there is no
    /// snapshot yet; the message says which.</exception>
    [Alias("Explain")]
    Task<EventExplanation> ExplainAsync(long offset, CancellationToken cancellationToken = default);

    /// <summary>Explains the score that an event would get now; nothing is journaled, learned or counted.</summary>
    /// <param name="probe">The event.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The explanation; its offset is -1.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, or <see cref="ErrorCode.NotKept"/> while there is no
    /// snapshot.</exception>
    [Alias("ExplainProbe")]
    Task<EventExplanation> ExplainProbeAsync(ProbeEvent probe, CancellationToken cancellationToken = default);

    /// <summary>Reads scores of accepted events from an offset; waits for the next one when there is none yet.</summary>
    /// <param name="fromOffset">First offset wanted.</param>
    /// <param name="maxCount">At most so many, 1 to 10,000.</param>
    /// <param name="wait">How long to wait for a first score, at most 30 s.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The scores, possibly none.</returns>
    [Alias("ReadScores")]
    Task<ScorePage> ReadScoresAsync(long fromOffset, int maxCount, TimeSpan wait, CancellationToken cancellationToken = default);

    /// <summary>A producer's watermark: the highest sequence accepted without a gap.</summary>
    /// <param name="producer">Name of the producer.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The watermark; -1 for an unknown producer.</returns>
    [Alias("GetWatermark")]
    Task<long> GetWatermarkAsync(string producer, CancellationToken cancellationToken = default);

    /// <summary>Counters and state.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The status.</returns>
    [Alias("GetStatus")]
    Task<PartitionStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>The snapshot that scores.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The description.</returns>
    [Alias("GetModel")]
    Task<ModelDescription> GetModelAsync(CancellationToken cancellationToken = default);

    /// <summary>How training went since the partition was activated: terms of the objective, component shares.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The curve; without points before the first step.</returns>
    [Alias("GetTraining")]
    Task<TrainingCurve> GetTrainingAsync(CancellationToken cancellationToken = default);

    /// <summary>What one member of the snapshot makes of recent events: their codes among the components of the mixture.</summary>
    /// <param name="member">The member, 0 to M - 1.</param>
    /// <param name="maxEvents">Most events; those whose features are kept, at most 1,000.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The latent space; of version 0 while warming up.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such member.</exception>
    [Alias("GetLatent")]
    Task<LatentSpace> GetLatentAsync(int member, int maxEvents, CancellationToken cancellationToken = default);

    /// <summary>The latest changes that the learner has noticed in the stream.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>At most 16, oldest first.</returns>
    [Alias("GetDrifts")]
    Task<ImmutableArray<DriftNotice>> GetDriftsAsync(CancellationToken cancellationToken = default);

    /// <summary>Trains what is queued up to the last full chunk, and writes a checkpoint.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The status afterwards.</returns>
    [Alias("Checkpoint")]
    Task<PartitionStatus> CheckpointAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// Says what an event was. The label decides on events like it, and several labels move the alarm rate; scores stay as they are.
    /// Durable when the call returns; kept until <see cref="FeedbackState.MaxLabels"/> later ones were given.
    /// </summary>
    /// <param name="offset">Offset of an anomaly, or of another event whose features are still kept.</param>
    /// <param name="label">The label; null takes one back.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>All labels and what they changed.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> when the event's features are no longer kept.</exception>
    [Alias("Label")]
    Task<FeedbackState> LabelAsync(long offset, FeedbackLabel? label, CancellationToken cancellationToken = default);

    /// <summary>The labels and what they changed.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The state.</returns>
    [Alias("GetFeedback")]
    Task<FeedbackState> GetFeedbackAsync(CancellationToken cancellationToken = default);

    /// <summary>Erases checkpoints, journal and scores of the partition and deactivates it; called by the catalog.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Completes when erased.</returns>
    [Alias("Delete")]
    Task DeleteAsync(CancellationToken cancellationToken = default);
}
