using System.Text.Json;
using System.Text.Json.Serialization;

namespace DagmmStream.Cli.Terminal;

/// <summary>JSON as the command line writes it: camel case, enumerations as text.</summary>
internal static class CliJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static string Write<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>JSON has no NaN: null.</summary>
    public static double? Number(double value) => double.IsFinite(value) ? value : null;
}
