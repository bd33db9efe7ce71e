using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Hosting;

namespace DagmmStream.Client.Transport;

/// <summary>Calls the service's grains.</summary>
/// <param name="grains">Finds them.</param>
/// <param name="host">The Orleans client that belongs to this transport; null when it belongs to the application.</param>
internal sealed class OrleansTransport(IGrainFactory grains, IHost? host = null) : IServiceTransport
{
    private const int Page = 4096;
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    public Task<bool> CreateStreamAsync(StreamDefinition definition, CancellationToken cancellationToken) =>
        Catalog.CreateAsync(definition, cancellationToken);

    public Task<StreamDefinition?> FindStreamAsync(string name, CancellationToken cancellationToken) =>
        Catalog.FindAsync(name, cancellationToken);

    public Task<ImmutableArray<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken) =>
        Catalog.ListAsync(cancellationToken);

    public Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken) =>
        Catalog.UpdatePolicyAsync(name, policy, cancellationToken);

    public Task<bool> DeleteStreamAsync(string name, CancellationToken cancellationToken) => Catalog.DeleteAsync(name, cancellationToken);

    public Task<PushReply> PushAsync(
        PartitionId partition, StreamDefinition definition, EventBatch batch, CancellationToken cancellationToken) =>
        Grain(partition).PushAsync(batch, cancellationToken);

    public async Task<EventScore> ProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken) =>
        (await Grain(partition).ProbeAsync(probe, cancellationToken))[0];

    public Task<EventExplanation> ExplainAsync(PartitionId partition, long offset, CancellationToken cancellationToken) =>
        Grain(partition).ExplainAsync(offset, cancellationToken);

    public Task<EventExplanation> ExplainProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken) =>
        Grain(partition).ExplainProbeAsync(probe, cancellationToken);

    public Task<FeedbackState> LabelAsync(
        PartitionId partition, long offset, FeedbackLabel? label, CancellationToken cancellationToken) =>
        Grain(partition).LabelAsync(offset, label, cancellationToken);

    public Task<FeedbackState> GetFeedbackAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).GetFeedbackAsync(cancellationToken);

    public Task<ScorePage> ReadScoresAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken) =>
        Grain(partition).ReadScoresAsync(fromOffset, maxCount, TimeSpan.Zero, cancellationToken);

    public async IAsyncEnumerable<ScorePage> WatchScoresAsync(
        PartitionId partition, long fromOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await Grain(partition).ReadScoresAsync(fromOffset, Page, LongPoll, cancellationToken);
            yield return page;
            fromOffset = page.NextOffset;
        }
    }

    public Task<long> GetWatermarkAsync(PartitionId partition, string producer, CancellationToken cancellationToken) =>
        Grain(partition).GetWatermarkAsync(producer, cancellationToken);

    public Task<PartitionStatus> GetStatusAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).GetStatusAsync(cancellationToken);

    public Task<ModelDescription> GetModelAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).GetModelAsync(cancellationToken);

    public Task<ImmutableArray<DriftNotice>> GetDriftsAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).GetDriftsAsync(cancellationToken);

    public Task<PartitionStatus> CheckpointAsync(PartitionId partition, CancellationToken cancellationToken) =>
        Grain(partition).CheckpointAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (host is null) return;
        await host.StopAsync();
        host.Dispose();
    }

    private IPartitionGrain Grain(PartitionId partition) => grains.GetGrain<IPartitionGrain>(partition.ToString());
}
