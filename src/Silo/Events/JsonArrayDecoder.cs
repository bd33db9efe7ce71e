using System.Runtime.InteropServices;
using System.Text.Json;
using DagmmStream.Silo.Api;

namespace DagmmStream.Silo.Events;

/// <summary>
/// Events as a JSON array of objects, read one element at a time. A bad element is rejected; broken JSON ends the request.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="definition">The stream.</param>
/// <param name="cancellationToken">Ends the wait for the body.</param>
internal sealed class JsonArrayDecoder(Stream body, StreamDefinition definition, CancellationToken cancellationToken) : IEventDecoder
{
    private readonly IAsyncEnumerator<JsonElement> _elements =
        JsonSerializer.DeserializeAsyncEnumerable<JsonElement>(body, JsonSerializerOptions.Default, cancellationToken)
            .GetAsyncEnumerator(cancellationToken);

    private readonly EventJson _json = new(definition);
    private long _position;

    public IReadOnlyList<string> IgnoredColumns => [];

    public async ValueTask<bool> ReadAsync(EventRow row, CancellationToken cancellationToken)
    {
        try
        {
            if (!await _elements.MoveNextAsync()) return false;
        }
        catch (JsonException e)
        {
            throw Problems.BadRequest(
                "malformed-body", "The body cannot be read", $"the body must be a JSON array of events: {e.Message}", e);
        }

        row.Begin(++_position);
        _json.Read(JsonMarshal.GetRawUtf8Value(_elements.Current), row);
        return true;
    }

    public ValueTask DisposeAsync() => _elements.DisposeAsync();
}
