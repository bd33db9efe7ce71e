using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>The list of streams of a cluster. One grain, key <see cref="Key"/>.</summary>
[Alias("dagmm.catalog")]
public interface ICatalogGrain : IGrainWithStringKey
{
    /// <summary>Key of the one catalog.</summary>
    const string Key = "catalog";

    /// <summary>Creates a stream. Creating it again with an equal definition changes nothing; nor does one that differs in what
    /// <see cref="UpdatePolicyAsync"/> may have changed since, which stays as it is.</summary>
    /// <param name="definition">The stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if created, false if it existed.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>, or <see cref="ErrorCode.StreamConflict"/> when a
    /// stream of this name differs; the message names the difference.</exception>
    [Alias("Create")]
    Task<bool> CreateAsync(StreamDefinition definition, CancellationToken cancellationToken = default);

    /// <summary>Finds a stream.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its definition, or null.</returns>
    [Alias("Find")]
    Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken = default);

    /// <summary>Lists all streams, by name.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Definitions.</returns>
    [Alias("List")]
    Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Changes how a stream's verdicts follow from its scores: stored, and in force with the next event of every partition. Its
    /// scores, its model and its labels stay as they are.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="policy">What changes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The definition as it is now.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>, <see cref="ErrorCode.InvalidDefinition"/>.
    /// </exception>
    [Alias("UpdatePolicy")]
    Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken = default);

    /// <summary>Deletes a stream with its journal, checkpoints and scores.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if it existed.</returns>
    [Alias("Delete")]
    Task<bool> DeleteAsync(string name, CancellationToken cancellationToken = default);
}
