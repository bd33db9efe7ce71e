using System.Collections.Immutable;
using Orleans.Concurrency;

namespace DagmmStream.Grains.Models;

/// <summary>The model of a stream, for clients of the cluster; keeps nothing.</summary>
[StatelessWorker]
internal sealed class ModelGrain(ModelControl control) : Grain, IModelGrain
{
    private string Stream => this.GetPrimaryKeyString();

    public Task<long> KeepAsync(CancellationToken cancellationToken) => control.KeepAsync(Stream, cancellationToken);

    public Task<ImmutableArray<KeptModel>> ListAsync(int partition, CancellationToken cancellationToken) =>
        control.ListAsync(new PartitionId(Stream, partition), cancellationToken);

    public Task<byte[]> ExportAsync(int partition, long? version, CancellationToken cancellationToken) =>
        control.ExportAsync(new PartitionId(Stream, partition), version, cancellationToken);

    public Task<long> ImportAsync(byte[] model, CancellationToken cancellationToken) =>
        control.ImportAsync(Stream, model, cancellationToken);

    public Task<long> RollBackAsync(long version, CancellationToken cancellationToken) =>
        control.RollBackAsync(Stream, version, cancellationToken);
}
