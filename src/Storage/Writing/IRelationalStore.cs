using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;

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

    Task<IReadOnlyList<JournalRow>> ReadJournalAsync(long partitionId, long fromOffset, int limit, CancellationToken cancellationToken);

    Task<int> TruncateAsync(PartitionHandle partition, long belowOffset, int limit, CancellationToken cancellationToken);

    /// <summary>Deletes scores, at most a limit, and the explanations of all.</summary>
    Task<int> DeleteScoresFromAsync(PartitionHandle partition, long fromOffset, int limit, CancellationToken cancellationToken);

    Task<RetentionStep> DeleteScoresOlderThanAsync(
        long partitionId, long fromOffset, long olderThan, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<StoredExplanation>> ReadExplanationsAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken);

    Task<int> DeleteExplanationsOlderThanAsync(long partitionId, long olderThan, int limit, CancellationToken cancellationToken);

    Task<IReadOnlyList<long>> PartitionsOfAsync(string stream, CancellationToken cancellationToken);

    Task<ScoreBlock> ReadScoresAsync(PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken);

    Task<(long First, long Next)> ScoreRangeAsync(PartitionId partition, CancellationToken cancellationToken);

    Task<bool> AddStreamAsync(string name, string definition, CancellationToken cancellationToken);

    Task<bool> RemoveStreamAsync(string name, CancellationToken cancellationToken);

    Task<string?> FindStreamAsync(string name, CancellationToken cancellationToken);

    Task<IReadOnlyList<string>> ListStreamsAsync(CancellationToken cancellationToken);
}
