using System.Data.Common;
using DagmmStream.Storage.Journal;

namespace DagmmStream.Storage.Writing;

/// <summary>
/// What journal, score history and catalog ask of a dialect: single statements and short transactions. How they are combined, in which
/// pages, and what a row means is written once, above it. Errors are translated; a stale epoch throws <see cref="ErrorCode.Fenced"/>.
/// </summary>
internal interface IRelationalStore : IStore
{
    /// <summary>The writer of appends.</summary>
    StoreWriter Writer { get; }

    /// <summary>Raises the epoch of a partition, whose row is created when missing.</summary>
    Task<PartitionHandle> OpenPartitionAsync(PartitionId partition, CancellationToken cancellationToken);

    /// <summary>The epoch of a partition now; 0 when its row does not exist.</summary>
    Task<long> ReadEpochAsync(long partitionId, CancellationToken cancellationToken);

    Task<IReadOnlyList<JournalRow>> ReadJournalAsync(long partitionId, long fromOffset, int limit, CancellationToken cancellationToken);

    Task<int> TruncateAsync(PartitionHandle partition, long belowOffset, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes names of producers that no journal record has and nobody has used lately, a bounded number at once.</summary>
    /// <returns>How many.</returns>
    Task<int> ForgetProducersAsync(int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<long>> PartitionsOfAsync(string stream, CancellationToken cancellationToken);

    Task<bool> AddStreamAsync(string name, string definition, CancellationToken cancellationToken);

    /// <summary>Replaces a definition if its text is still the one given.</summary>
    Task<bool> ReplaceStreamAsync(string name, string before, string after, CancellationToken cancellationToken);

    Task<bool> RemoveStreamAsync(string name, CancellationToken cancellationToken);

    Task<string?> FindStreamAsync(string name, CancellationToken cancellationToken);

    Task<IReadOnlyList<string>> ListStreamsAsync(CancellationToken cancellationToken);

    /// <summary>Reads the rows of a statement that is one text for both dialects; values take the places $1, $2, …</summary>
    Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Runs such a statement, which writes, and reads the rows that it returns.</summary>
    Task<IReadOnlyList<T>> ReturningAsync<T>(
        string sql, object[] values, Func<DbDataReader, T> read, CancellationToken cancellationToken);

    /// <summary>Runs such statements, which write and may be run twice, in one transaction.</summary>
    /// <returns>Rows that the last one changed.</returns>
    Task<int> ExecuteAsync(
        PartitionHandle? partition, IReadOnlyList<(string Sql, object[] Values)> statements, CancellationToken cancellationToken);
}
