using System.Collections.Immutable;

namespace DagmmStream.Storage.Catalog;

/// <summary>The stored definitions of streams.</summary>
public interface ICatalogStore
{
    /// <summary>Stores a new definition.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if stored, false when the name is taken.</returns>
    Task<bool> TryAddAsync(StreamDefinition definition, CancellationToken cancellationToken);

    /// <summary>Puts a definition in place of another.</summary>
    /// <param name="before">What is stored.</param>
    /// <param name="after">What is to be stored, under the same name.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if done; false when something else is stored by now.</returns>
    Task<bool> TryReplaceAsync(StreamDefinition before, StreamDefinition after, CancellationToken cancellationToken);

    /// <summary>Reads one definition.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The definition, or null.</returns>
    Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken);

    /// <summary>Reads all definitions, by name.</summary>
    /// <param name="cancellationToken">Cancels the read.</param>
    /// <returns>The definitions.</returns>
    Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Removes a definition.</summary>
    /// <param name="name">Name of the stream.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>True if it existed.</returns>
    Task<bool> RemoveAsync(string name, CancellationToken cancellationToken);
}
