using System.Collections.Immutable;

namespace DagmmStream.Client.Transport;

/// <summary>
/// The way to a service: one attempt of each call. What is tried again, how events are batched and numbered is the same for every transport
/// and not its business.
/// </summary>
internal interface IServiceTransport : IAsyncDisposable
{
    Task<bool> CreateStreamAsync(StreamDefinition definition, CancellationToken cancellationToken);

    Task<StreamDefinition?> FindStreamAsync(string name, CancellationToken cancellationToken);

    Task<ImmutableArray<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken);

    Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken);

    Task<bool> DeleteStreamAsync(string name, CancellationToken cancellationToken);

    /// <summary>Sends a batch: all of it is accepted or nothing.</summary>
    /// <exception cref="DagmmStreamException">The service's error.</exception>
    Task<PushReply> PushAsync(PartitionId partition, StreamDefinition definition, EventBatch batch, CancellationToken cancellationToken);

    Task<EventScore> ProbeAsync(PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken);

    Task<EventExplanation> ExplainAsync(PartitionId partition, long offset, CancellationToken cancellationToken);

    Task<EventExplanation> ExplainProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken);

    Task<FeedbackState> LabelAsync(PartitionId partition, long offset, FeedbackLabel? label, CancellationToken cancellationToken);

    Task<FeedbackState> GetFeedbackAsync(PartitionId partition, CancellationToken cancellationToken);

    Task<ScorePage> ReadScoresAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken);

    /// <summary>Scores as they come, from an offset on; ends with a failure, and with nothing else.</summary>
    IAsyncEnumerable<ScorePage> WatchScoresAsync(PartitionId partition, long fromOffset, CancellationToken cancellationToken);

    Task<long> GetWatermarkAsync(PartitionId partition, string producer, CancellationToken cancellationToken);

    Task<PartitionStatus> GetStatusAsync(PartitionId partition, CancellationToken cancellationToken);

    Task<ModelDescription> GetModelAsync(PartitionId partition, CancellationToken cancellationToken);

    Task<long> KeepModelAsync(string stream, CancellationToken cancellationToken);

    Task<ImmutableArray<KeptModel>> ListModelsAsync(PartitionId partition, CancellationToken cancellationToken);

    Task<byte[]> ExportModelAsync(PartitionId partition, long? version, CancellationToken cancellationToken);

    Task<long> ImportModelAsync(string stream, byte[] model, CancellationToken cancellationToken);

    Task<long> RollBackModelAsync(string stream, long version, CancellationToken cancellationToken);

    Task<ImmutableArray<DriftNotice>> GetDriftsAsync(PartitionId partition, CancellationToken cancellationToken);

    Task<PartitionStatus> CheckpointAsync(PartitionId partition, CancellationToken cancellationToken);
}
