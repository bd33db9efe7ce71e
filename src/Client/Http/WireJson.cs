using System.Text.Json;
using System.Text.Json.Serialization;

namespace DagmmStream.Client.Http;

/// <summary>How the service writes and reads JSON: camelCase, enumerations as words, numbers that are not finite as null.</summary>
internal static class WireJson
{
    public static JsonSerializerOptions Options { get; } = Create();

    public static void Configure(JsonSerializerOptions options)
    {
        options.NumberHandling = JsonNumberHandling.Strict;
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false));
        options.Converters.Add(new FiniteNumberConverter());
        options.Converters.Add(new PartitionIdConverter());
    }

    private static JsonSerializerOptions Create()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        return options;
    }

    /// <summary>JSON has no NaN: an energy that does not exist yet is null.</summary>
    private sealed class FiniteNumberConverter : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.TokenType == JsonTokenType.Null ? double.NaN : reader.GetDouble();

        public override bool HandleNull => true;

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }

    private sealed class PartitionIdConverter : JsonConverter<PartitionId>
    {
        public override PartitionId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            PartitionId.Parse(reader.GetString() ?? throw new JsonException("a partition is a text \"stream/partition\""));

        public override void Write(Utf8JsonWriter writer, PartitionId value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
