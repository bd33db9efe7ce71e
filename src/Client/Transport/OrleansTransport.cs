using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DagmmStream.Client.Gateways;
using Microsoft.Extensions.Hosting;

namespace DagmmStream.Client.Transport;

/// <summary>Calls the service's grains.</summary>
/// <param name="grains">Finds them.</param>
/// <param name="host">The Orleans client that belongs to this transport; null when it belongs to the application.</param>
/// <param name="gateways">The gateways of that client.</param>
internal sealed class OrleansTransport(IGrainFactory grains, IHost? host = null, ClusterGateways? gateways = null) : IServiceTransport
{
    private const int Page = 4096;
    private static readonly TimeSpan LongPoll = TimeSpan.FromSeconds(10);

    private ICatalogGrain Catalog => grains.GetGrain<ICatalogGrain>(ICatalogGrain.Key);

    public Task<bool> CreateStreamAsync(StreamDefinition definition, CancellationToken cancellationToken) =>
        ReachAsync(Catalog.CreateAsync(definition, cancellationToken));

    public Task<StreamDefinition?> FindStreamAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(Catalog.FindAsync(name, cancellationToken));

    public Task<ImmutableArray<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken) =>
        ReachAsync(Catalog.ListAsync(cancellationToken));

    public Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken) =>
        ReachAsync(Catalog.UpdatePolicyAsync(name, policy, cancellationToken));

    public Task<bool> DeleteStreamAsync(string name, CancellationToken cancellationToken) =>
        ReachAsync(Catalog.DeleteAsync(name, cancellationToken));

    public Task<PushReply> PushAsync(
        PartitionId partition, StreamDefinition definition, EventBatch batch, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).PushAsync(batch, cancellationToken));

    public async Task<EventScore> ProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken) =>
        (await ReachAsync(Grain(partition).ProbeAsync(probe, cancellationToken)))[0];

    public Task<EventExplanation> ExplainAsync(PartitionId partition, long offset, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).ExplainAsync(offset, cancellationToken));

    public Task<EventExplanation> ExplainProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).ExplainProbeAsync(probe, cancellationToken));

    public Task<FeedbackState> LabelAsync(
        PartitionId partition, long offset, FeedbackLabel? label, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).LabelAsync(offset, label, cancellationToken));

    public Task<FeedbackState> GetFeedbackAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).GetFeedbackAsync(cancellationToken));

    public Task<ScorePage> ReadScoresAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).ReadScoresAsync(fromOffset, maxCount, TimeSpan.Zero, cancellationToken));

    public async IAsyncEnumerable<ScorePage> WatchScoresAsync(
        PartitionId partition, long fromOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await ReachAsync(Grain(partition).ReadScoresAsync(fromOffset, Page, LongPoll, cancellationToken));
            yield return page;
            fromOffset = page.NextOffset;
        }
    }

    public Task<long> GetWatermarkAsync(PartitionId partition, string producer, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).GetWatermarkAsync(producer, cancellationToken));

    public Task<PartitionStatus> GetStatusAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).GetStatusAsync(cancellationToken));

    public Task<ModelDescription> GetModelAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).GetModelAsync(cancellationToken));

    public Task<long> KeepModelAsync(string stream, CancellationToken cancellationToken) =>
        ReachAsync(Model(stream).KeepAsync(cancellationToken));

    public Task<ImmutableArray<KeptModel>> ListModelsAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReachAsync(Model(partition.Stream).ListAsync(partition.Partition, cancellationToken));

    public Task<byte[]> ExportModelAsync(PartitionId partition, long? version, CancellationToken cancellationToken) =>
        ReachAsync(Model(partition.Stream).ExportAsync(partition.Partition, version, cancellationToken));

    public Task<long> ImportModelAsync(string stream, byte[] model, CancellationToken cancellationToken) =>
        ReachAsync(Model(stream).ImportAsync(model, cancellationToken));

    public Task<long> RollBackModelAsync(string stream, long version, CancellationToken cancellationToken) =>
        ReachAsync(Model(stream).RollBackAsync(version, cancellationToken));

    public Task<ImmutableArray<DriftNotice>> GetDriftsAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).GetDriftsAsync(cancellationToken));

    public Task<PartitionStatus> CheckpointAsync(PartitionId partition, CancellationToken cancellationToken) =>
        ReachAsync(Grain(partition).CheckpointAsync(cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (host is null) return;
        await host.StopAsync();
        host.Dispose();
        gateways?.Dispose();
    }

    private Task<T> ReachAsync<T>(Task<T> call) => gateways is null ? call : gateways.WaitAsync(call);

    private IModelGrain Model(string stream) => grains.GetGrain<IModelGrain>(stream);

    private IPartitionGrain Grain(PartitionId partition) => grains.GetGrain<IPartitionGrain>(partition.ToString());
}
