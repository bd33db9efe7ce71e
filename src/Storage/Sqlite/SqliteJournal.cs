using System.Runtime.CompilerServices;
using DagmmStream.Storage.Journal;

namespace DagmmStream.Storage.Sqlite;

/// <summary>The journal in the embedded store.</summary>
/// <param name="store">The store.</param>
public sealed class SqliteJournal(SqliteStore store) : IJournal
{
    // Rows of one transaction when much is deleted or read: bounded, so that ingest never waits for long.
    private const int DeleteRecords = 256;
    private const int DeleteScores = 4096;
    private const int ReadRecords = 64;

    /// <inheritdoc/>
    public bool HasRoom => store.Writer.HasRoom;

    /// <inheritdoc/>
    public Task<PartitionHandle> OpenAsync(PartitionId partition, CancellationToken cancellationToken) =>
        store.Writer.RunAsync(null, session => session.Open(partition), cancellationToken);

    /// <inheritdoc/>
    public Task AppendAsync(JournalAppend append)
    {
        ArgumentNullException.ThrowIfNull(append);
        if (append.Record is { } record && (record.Count < 1 || record.Features.Length % (sizeof(float) * record.Count) != 0))
            throw new ArgumentException($"{record.Features.Length} bytes are no {record.Count} feature vectors", nameof(append));
        return store.Writer.Append(append.Partition, session =>
        {
            session.Append(append);
            return true;
        });
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<JournalRecord> ReadAsync(
        PartitionHandle partition, long fromOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<JournalRecord> page;
        do
        {
            page = await ReadPageAsync(partition, fromOffset, cancellationToken).ConfigureAwait(false);
            foreach (var record in page) yield return record;
            if (page.Count > 0) fromOffset = page[^1].FirstOffset + page[^1].Count;
        }
        while (page.Count == ReadRecords);
    }

    /// <inheritdoc/>
    public async Task TruncateAsync(PartitionHandle partition, long belowOffset, CancellationToken cancellationToken)
    {
        int deleted;
        do
            deleted = await store.Writer.RunAsync(
                partition, session => session.Truncate(partition.Id, belowOffset, DeleteRecords), cancellationToken).ConfigureAwait(false);
        while (deleted == DeleteRecords);
    }

    /// <inheritdoc/>
    /// <remarks>The partition keeps its row, so that its epoch goes on rising and no forgotten handle becomes valid again.</remarks>
    public async Task DeleteAsync(PartitionHandle partition, CancellationToken cancellationToken)
    {
        await TruncateAsync(partition, long.MaxValue, cancellationToken).ConfigureAwait(false);
        int deleted;
        do
            deleted = await store.Writer.RunAsync(
                partition, session => session.DeleteScoresFrom(partition.Id, 0, DeleteScores), cancellationToken).ConfigureAwait(false);
        while (deleted == DeleteScores);
    }

    private Task<List<JournalRecord>> ReadPageAsync(PartitionHandle partition, long fromOffset, CancellationToken cancellationToken) =>
        store.ReadAsync(
            connection =>
            {
                using var command = connection.Command(
                    SqliteSql.ReadJournal, ("$partition", partition.Id), ("$from", fromOffset), ("$limit", ReadRecords));
                using var reader = command.ExecuteReader();
                var page = new List<JournalRecord>();
                while (reader.Read())
                {
                    var record = new JournalRecord
                    {
                        FirstOffset = reader.GetInt64(0),
                        Count = reader.GetInt32(1),
                        Producer = reader.GetString(2),
                        FirstSequence = reader.GetInt64(3),
                        SamplingRate = (byte)reader.GetInt64(4),
                        Features = (byte[])reader.GetValue(7),
                    };
                    if (JournalChecksum.Compute(partition.Partition, reader.GetInt64(5), record) != (uint)reader.GetInt64(6))
                        throw new DagmmStreamException(
                            ErrorCode.StoreDamaged,
                            $"the journal of partition {partition.Partition} fails its checksum at offset {record.FirstOffset}"
                            + $" in \"{store.Location}\": restore a backup, or delete the stream");
                    page.Add(record);
                }

                return page;
            },
            cancellationToken);
}
