using System.Runtime.CompilerServices;
using DagmmStream.Storage.Diagnostics;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;

namespace DagmmStream.Storage.Journal;

/// <summary>The journal over either dialect of the store.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreJournal(IRelationalStore store) : IJournal
{
    // Rows of one transaction when much is deleted or read: bounded, so that ingest never waits for long.
    private const int DeleteRecords = 256;
    private const int ReadRecords = 64;

    /// <inheritdoc/>
    public bool HasRoom => store.Writer.HasRoom;

    /// <inheritdoc/>
    public bool IsAvailable => store.Writer.IsAvailable;

    /// <inheritdoc/>
    public bool HasOutage => store.Writer.HasOutage;

    /// <inheritdoc/>
    public Task<PartitionHandle> OpenAsync(PartitionId partition, CancellationToken cancellationToken) =>
        store.OpenPartitionAsync(partition, cancellationToken);

    /// <inheritdoc/>
    public async Task ConfirmAsync(PartitionHandle partition, CancellationToken cancellationToken)
    {
        var epoch = await store.ReadEpochAsync(partition.Id, cancellationToken).ConfigureAwait(false);
        if (epoch != partition.Epoch) throw StoreWriter.Fenced(partition, epoch);
    }

    /// <inheritdoc/>
    public Task AppendAsync(JournalAppend append)
    {
        ArgumentNullException.ThrowIfNull(append);
        if (append.Record is { } record && (record.Count < 1 || record.Features.Length % (sizeof(float) * record.Count) != 0))
            throw new ArgumentException($"{record.Features.Length} bytes are no {record.Count} feature vectors", nameof(append));
        return StorageTraces.Source.HasListeners() ? TraceAsync(append) : store.Writer.Append(append);
    }

    /// <summary>The caller's span must not become the one that this begins: hence a method of its own.</summary>
    private async Task TraceAsync(JournalAppend append)
    {
        using var activity = StorageTraces.Source.StartActivity(StorageTraces.Append);
        activity?.SetTag("dagmm.partition", append.Partition.Partition.ToString());
        await store.Writer.Append(append).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalRecord> ReadAsync(
        PartitionHandle partition, long fromOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<JournalRow> page;
        do
        {
            page = await store.ReadJournalAsync(partition.Id, fromOffset, ReadRecords, cancellationToken).ConfigureAwait(false);
            foreach (var row in page)
            {
                if (JournalChecksum.Compute(partition.Partition, row.Epoch, row.Record) != row.Checksum)
                    throw new DagmmStreamException(
                        ErrorCode.StoreDamaged,
                        $"the journal of partition {partition.Partition} fails its checksum at offset {row.Record.FirstOffset}"
                        + $" in \"{store.Location}\": restore a backup, or delete the stream");
                yield return row.Record;
            }

            if (page.Count > 0) fromOffset = page[^1].Record.FirstOffset + page[^1].Record.Count;
        }
        while (page.Count == ReadRecords);
    }

    /// <inheritdoc/>
    public async Task TruncateAsync(PartitionHandle partition, long belowOffset, CancellationToken cancellationToken)
    {
        int deleted;
        do
            deleted = await store.TruncateAsync(partition, belowOffset, DeleteRecords, cancellationToken).ConfigureAwait(false);
        while (deleted == DeleteRecords);
    }

    /// <inheritdoc/>
    /// <remarks>The partition keeps its row, so that its epoch goes on rising and no forgotten handle becomes valid again.</remarks>
    public async Task DeleteAsync(PartitionHandle partition, CancellationToken cancellationToken)
    {
        await TruncateAsync(partition, long.MaxValue, cancellationToken).ConfigureAwait(false);
        await new StoreScoreHistory(store).ForgetFromAsync(partition, 0, cancellationToken).ConfigureAwait(false);
    }
}
