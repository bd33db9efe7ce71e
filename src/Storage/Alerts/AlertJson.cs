using System.Text.Json;
using System.Text.Json.Serialization;

namespace DagmmStream.Storage.Alerts;

/// <summary>Episodes and policies as JSON with names for states, so that a person can read them.</summary>
internal static class AlertJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    public static T Read<T>(string text, string location)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(text, Options) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw new DagmmStreamException(
                ErrorCode.StoreDamaged, $"an alert or its policy in \"{location}\" cannot be read: {exception.Message}; restore a backup",
                false, exception);
        }
    }
}
