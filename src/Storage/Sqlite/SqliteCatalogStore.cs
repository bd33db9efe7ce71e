using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using DagmmStream.Storage.Catalog;

namespace DagmmStream.Storage.Sqlite;

/// <summary>The catalog in the embedded store: definitions as JSON with names for policies, so that a person can read them.</summary>
/// <param name="store">The store.</param>
public sealed class SqliteCatalogStore(SqliteStore store) : ICatalogStore
{
    private static readonly JsonSerializerOptions Json = new() { Converters = { new JsonStringEnumConverter() } };

    /// <inheritdoc/>
    public Task<bool> TryAddAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var text = JsonSerializer.Serialize(definition, Json);
        return store.Writer.RunAsync(null, session => session.AddStream(definition.Name, text), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<StreamDefinition?> FindAsync(string name, CancellationToken cancellationToken) =>
        store.ReadAsync(
            connection => connection.Scalar(SqliteSql.FindStream, ("$name", name)) is string text ? Decode(text) : null, cancellationToken);

    /// <inheritdoc/>
    public Task<ImmutableArray<StreamDefinition>> ListAsync(CancellationToken cancellationToken) =>
        store.ReadAsync(
            connection =>
            {
                using var command = connection.Command(SqliteSql.ListStreams);
                using var reader = command.ExecuteReader();
                var definitions = ImmutableArray.CreateBuilder<StreamDefinition>();
                while (reader.Read()) definitions.Add(Decode(reader.GetString(0)));
                return definitions.ToImmutable();
            },
            cancellationToken);

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string name, CancellationToken cancellationToken) =>
        store.Writer.RunAsync(null, session => session.RemoveStream(name), cancellationToken);

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
