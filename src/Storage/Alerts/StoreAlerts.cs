using System.Data.Common;
using DagmmStream.Storage.Writing;
using static DagmmStream.Storage.Alerts.AlertStatements;

namespace DagmmStream.Storage.Alerts;

/// <summary>Alerts over either dialect of the store.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreAlerts(IRelationalStore store) : IAlertStore
{
    // Rows of one transaction when much is deleted: bounded, so that ingest never waits for long.
    private const int DeleteRows = 1024;

    /// <inheritdoc/>
    public async Task<AlertPolicy?> FindPolicyAsync(string stream, CancellationToken cancellationToken)
    {
        var found = await store.QueryAsync(AlertSql.FindPolicy, [stream], reader => reader.GetString(0), cancellationToken)
            .ConfigureAwait(false);
        return found.Count == 0 ? null : AlertJson.Read<AlertPolicy>(found[0], store.Location);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<(string Stream, AlertPolicy Policy)>> ListPoliciesAsync(CancellationToken cancellationToken) =>
        store.QueryAsync(
            AlertSql.ListPolicies, [],
            reader => (reader.GetString(0), AlertJson.Read<AlertPolicy>(reader.GetString(1), store.Location)), cancellationToken);

    /// <inheritdoc/>
    public Task SavePolicyAsync(string stream, AlertPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return store.ExecuteAsync(null, [(AlertSql.SavePolicy, [stream, AlertJson.Write(policy)])], cancellationToken);
    }

    /// <inheritdoc/>
    public Task SaveAsync(PartitionHandle partition, IReadOnlyList<AlertChange> changes, CancellationToken cancellationToken) =>
        store.ExecuteAsync(partition, [.. changes.SelectMany(Of)], cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertEpisode>> ReadOpenAsync(PartitionId partition, CancellationToken cancellationToken) =>
        store.QueryAsync(
            AlertSql.ReadOpen, [partition.Stream, (long)partition.Partition], reader => Episode(reader, 0), cancellationToken);

    /// <inheritdoc/>
    public async Task<AlertRecord?> FindAsync(string id, CancellationToken cancellationToken) =>
        (await store.QueryAsync(AlertSql.FindAlert, [id], Alert, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertRecord>> ListAsync(AlertQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return store.QueryAsync(
            AlertSql.ListAlerts,
            [query.Before, query.Stream ?? "", (long?)query.Kind ?? -1, (long?)query.State ?? (query.AlertsOnly ? -2 : -1),
                (long)query.Limit],
            Alert, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> AcknowledgeAsync(
        string id, DateTimeOffset? at, string? by, string? note, CancellationToken cancellationToken)
    {
        object[] values = [at is { } time ? Microseconds(time) : DBNull.Value, OrNull(by), OrNull(note), id];
        return await store.ExecuteAsync(null, [(AlertSql.Acknowledge, values)], cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <inheritdoc/>
    public async Task<bool> SuppressAsync(string id, bool isSuppressed, CancellationToken cancellationToken) =>
        await store.ExecuteAsync(null, [(AlertSql.Suppress, [isSuppressed ? 1L : 0L, id])], cancellationToken)
            .ConfigureAwait(false) == 1;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<AlertDelivery>> ClaimAsync(
        DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellationToken)
    {
        var numbers = await store.ReturningAsync(
            AlertSql.Claim, [Microseconds(now + lease), Microseconds(now), (long)limit], reader => reader.GetInt64(0), cancellationToken)
            .ConfigureAwait(false);
        var claimed = new List<AlertDelivery>(numbers.Count);
        foreach (var number in numbers.Order())
            if (await FindDeliveryAsync(number, cancellationToken).ConfigureAwait(false) is { } delivery) claimed.Add(delivery);
        return claimed;
    }

    /// <inheritdoc/>
    public Task SettleAsync(
        long number, DeliveryState state, int attempts, DateTimeOffset at, string? error, CancellationToken cancellationToken) =>
        store.ExecuteAsync(
            null, [(AlertSql.Settle, [(long)state, (long)attempts, Microseconds(at), OrNull(error), number])], cancellationToken);

    /// <inheritdoc/>
    public async Task<AlertDelivery?> FindDeliveryAsync(long number, CancellationToken cancellationToken) =>
        (await store.QueryAsync(AlertSql.FindDelivery, [number], Delivery, cancellationToken).ConfigureAwait(false)).SingleOrDefault();

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertDelivery>> ReadDeliveriesAsync(string id, CancellationToken cancellationToken) =>
        store.QueryAsync(AlertSql.ReadDeliveries, [id], Delivery, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<AlertDelivery>> ListDeliveriesAsync(
        DeliveryState state, string? stream, long before, int limit, CancellationToken cancellationToken) =>
        store.QueryAsync(AlertSql.ListDeliveries, [before, (long)state, stream ?? "", (long)limit], Delivery, cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> ResendAsync(long number, DateTimeOffset now, CancellationToken cancellationToken) =>
        await store.ExecuteAsync(null, [(AlertSql.Resend, [Microseconds(now), number])], cancellationToken).ConfigureAwait(false) == 1;

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<DeliveryState, long>> CountDeliveriesAsync(CancellationToken cancellationToken) =>
        (await store.QueryAsync(
            AlertSql.CountDeliveries, [], reader => ((DeliveryState)reader.GetInt64(0), reader.GetInt64(1)), cancellationToken)
            .ConfigureAwait(false)).ToDictionary(pair => pair.Item1, pair => pair.Item2);

    /// <inheritdoc/>
    public async Task<int> DeleteOlderThanAsync(PartitionId partition, DateTimeOffset olderThan, CancellationToken cancellationToken)
    {
        object[] values = [partition.Stream, (long)partition.Partition, Microseconds(olderThan), (long)DeleteRows];
        var (total, deleted) = (0, 0);
        do
        {
            deleted = await store.ExecuteAsync(
                null, [(AlertSql.DeleteOldDeliveries, values), (AlertSql.DeleteOldAlerts, values)], cancellationToken)
                .ConfigureAwait(false);
            total += deleted;
        }
        while (deleted == DeleteRows);
        return total;
    }

    /// <inheritdoc/>
    public Task DeleteAsync(string stream, CancellationToken cancellationToken) => store.ExecuteAsync(
        null,
        [(AlertSql.DeleteDeliveries, [stream]), (AlertSql.DeleteAlerts, [stream]), (AlertSql.DeletePolicy, [stream])],
        cancellationToken);

    private static object OrNull(string? text) => text is null ? DBNull.Value : text;

    private static string? Text(DbDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private AlertEpisode Episode(DbDataReader reader, int column) =>
        AlertJson.Read<AlertEpisode>(reader.GetString(column), store.Location);

    private AlertRecord Alert(DbDataReader reader) => new(
        reader.GetInt64(0), Episode(reader, 1), Time(reader.GetInt64(2)), reader.GetInt64(3) != 0,
        reader.IsDBNull(4) ? null : Time(reader.GetInt64(4)), Text(reader, 5), Text(reader, 6));

    private AlertDelivery Delivery(DbDataReader reader) => new(
        reader.GetInt64(0), Episode(reader, 1), (AlertTransition)reader.GetInt64(2), reader.GetString(3),
        (DeliveryState)reader.GetInt64(4), (int)reader.GetInt64(5), Time(reader.GetInt64(6)), Time(reader.GetInt64(7)), Text(reader, 8),
        reader.GetInt64(9) != 0);
}
