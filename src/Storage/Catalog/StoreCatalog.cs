using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DagmmStream.Storage.Writing;

namespace DagmmStream.Storage.Catalog;

/// <summary>The catalog over either dialect: definitions as JSON with names for policies, so that a person can read them.</summary>
/// <param name="store">The store.</param>
internal sealed class StoreCatalog(IRelationalStore store) : ICatalogStore
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        return store.AddStreamAsync(definition.Name, JsonSerializer.Serialize(definition, Json), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> TryReplaceAsync(StreamDefinition before, StreamDefinition after, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        // The text that is stored may be older than its form is now: it is compared as it is.
        return await store.FindStreamAsync(before.Name, cancellationToken).ConfigureAwait(false) is { } text
            && Decode(text).Equals(before)
            && await store.ReplaceStreamAsync(before.Name, text, JsonSerializer.Serialize(after, Json), cancellationToken)
                .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken) =>
        await store.FindStreamAsync(name, cancellationToken).ConfigureAwait(false) is { } text ? Decode(text) : null;

    /// <inheritdoc/>
    public async Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListStreamsAsync(cancellationToken).ConfigureAwait(false)).Select(Decode)];

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) => store.RemoveStreamAsync(name, cancellationToken);

    private StreamDefinition Decode(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<StreamDefinition>(text, Json) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new DagmmStreamException(
                ErrorCode.StoreDamaged, $"a stream definition in \"{store.Location}\" cannot be read: {text}; restore a backup", false,
                exception);
        }
    }
}
