using DagmmStream.Storage.Writing;

namespace DagmmStream.Storage.Models;

/// <summary>Kept models over either dialect of the store.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreModels(IRelationalStore store) : IModelStore
{
    /// <inheritdoc/>
    public Task KeepAsync(PartitionId partition, KeptModel model, byte[] payload, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(payload);
        object[] row =
        [
            partition.Stream, (long)partition.Partition, model.Version, model.Offset,
            (model.KeptAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond, model.Reason, (long)payload.Length, payload,
        ];
        return store.ExecuteAsync(
            null, [(ModelSql.Keep, row), (ModelSql.Trim, [partition.Stream, (long)partition.Partition, (long)limit])], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<KeptModel>> ListAsync(PartitionId partition, CancellationToken cancellationToken) =>
        store.QueryAsync(
            ModelSql.List, [partition.Stream, (long)partition.Partition],
            reader => new KeptModel(
                reader.GetInt64(0), reader.GetInt64(1), DateTimeOffset.UnixEpoch.AddMicroseconds(reader.GetInt64(2)), reader.GetString(3),
                reader.GetInt64(4)),
            cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> ReadAsync(PartitionId partition, long version, CancellationToken cancellationToken) =>
        (await store.QueryAsync(
            ModelSql.Read, [partition.Stream, (long)partition.Partition, version], reader => reader.GetFieldValue<byte[]>(0),
            cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public Task DeleteAsync(string stream, CancellationToken cancellationToken) =>
        store.ExecuteAsync(null, [(ModelSql.Delete, [stream])], cancellationToken);
}
