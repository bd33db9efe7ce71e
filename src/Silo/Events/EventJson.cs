using System.Text.Json;

namespace DagmmStream.Silo.Events;

/// <summary>
/// One event as JSON: <c>{"time": …, "key": …, "features": {"a": 1, "b": 2}}</c>; the features by name, or as an array in the
/// order of the definition; a value by its feature's type: a number, a boolean, a text, or null where one may be missing. Time and
/// key may be left out, and <c>"backFill": true</c> marks history.
/// </summary>
/// <param name="definition">The stream.</param>
internal sealed class EventJson(StreamDefinition definition)
{
    private readonly Dictionary<string, int> _positions =
        definition.Features.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);

    private readonly FeatureReader _features = new(definition);
    private readonly bool[] _seen = new bool[definition.Features.Length];

    /// <summary>Reads one event; what is wrong with it becomes the row's rejection.</summary>
    /// <param name="utf8">Exactly one JSON value.</param>
    /// <param name="row">The row.</param>
    public void Read(ReadOnlySpan<byte> utf8, EventRow row)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) row.Reject("malformed", "an event is a JSON object");
            else if (ReadObject(ref reader, row) && reader.Read()) row.Reject("malformed", "one event per line");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            row.Reject("malformed", e.Message);
        }
    }

    private bool ReadObject(ref Utf8JsonReader reader, EventRow row)
    {
        var hasFeatures = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("features"u8))
            {
                hasFeatures = true;
                reader.Read();
                if (!ReadFeatures(ref reader, row)) return false;
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                if (!ReadTime(ref reader, row)) return false;
            }
            else if (reader.ValueTextEquals("key"u8))
            {
                reader.Read();
                row.Key = reader.GetString();
            }
            else if (reader.ValueTextEquals("backFill"u8))
            {
                reader.Read();
                row.IsBackFill = reader.GetBoolean();
            }
            else
            {
                return row.Reject("malformed", $"\"{reader.GetString()}\": an event has \"features\", \"time\", \"key\" and \"backFill\"");
            }
        }

        return hasFeatures || row.Reject("missing-value", "the event has no \"features\"");
    }

    private bool ReadFeatures(ref Utf8JsonReader reader, EventRow row) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadByName(ref reader, row),
        JsonTokenType.StartArray => ReadByPosition(ref reader, row),
        _ => row.Reject("malformed", "\"features\" is an object by feature name, or an array"),
    };

    private bool ReadByName(ref Utf8JsonReader reader, EventRow row)
    {
        Array.Clear(_seen);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            if (!_positions.TryGetValue(name, out var position))
                return row.Reject("unknown-feature", $"stream \"{definition.Name}\" has no feature \"{name}\"");
            reader.Read();
            _seen[position] = true;
            if (!ReadValue(ref reader, row, position)) return false;
        }

        for (var i = Array.IndexOf(_seen, false); i >= 0; i = Array.IndexOf(_seen, false, i + 1))
            if (!_features.Missing(row, i, "is missing")) return false;
        return true;
    }

    private bool ReadByPosition(ref Utf8JsonReader reader, EventRow row)
    {
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (count == _seen.Length) return row.Reject("wrong-width", $"more than {_seen.Length} features");
            if (!ReadValue(ref reader, row, count++)) return false;
        }

        return count == _seen.Length
            || row.Reject("wrong-width", $"{count} features; stream \"{definition.Name}\" has {_seen.Length}");
    }

    private bool ReadValue(ref Utf8JsonReader reader, EventRow row, int position)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return _features.Missing(row, position, "is null");
            case JsonTokenType.Number:
                // What is beyond a 32-bit float becomes infinite, and is rejected as that.
                return _features.Number(row, position, reader.TryGetSingle(out var number) ? number : float.PositiveInfinity);
            case JsonTokenType.True or JsonTokenType.False:
                return _features.Boolean(row, position, reader.GetBoolean());
            case JsonTokenType.String:
                return _features.Category(row, position, reader.GetString()!);
            default:
                return row.Reject("not-a-number", $"feature \"{definition.Features[position]}\" is no number, boolean or text");
        }
    }

    private static bool ReadTime(ref Utf8JsonReader reader, EventRow row)
    {
        long time;
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                return true;
            case JsonTokenType.Number when reader.TryGetInt64(out time) && EventTime.IsValid(time):
            case JsonTokenType.String when EventTime.TryParse(reader.GetString(), out time):
                row.Time = time;
                return true;
            default:
                return row.Reject("invalid-time", "\"time\": use ISO 8601 or whole microseconds since 1970-01-01 UTC");
        }
    }
}
