using System.Globalization;

namespace DagmmStream.Client;

/// <summary>Makes events of values by name, for programs whose data have names and not places.</summary>
public static class NamedValues
{
    /// <summary>Makes an event.</summary>
    /// <param name="definition">The stream, as <see cref="StreamClient.DescribeAsync"/> gives it.</param>
    /// <param name="timestamp">When it happened.</param>
    /// <param name="values">A number, boolean or name per feature; null or no entry for a missing value.</param>
    /// <param name="key">Routing key.</param>
    /// <returns>The event.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/> when a name is no feature, or a value is of the wrong
    /// kind; names feature and value.</exception>
    public static StreamEvent ToEvent(
        StreamDefinition definition, DateTimeOffset timestamp, IReadOnlyDictionary<string, object?> values, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(values);
        foreach (var name in values.Keys)
        {
            if (!definition.Features.Contains(name, StringComparer.Ordinal))
                throw Invalid($"stream \"{definition.Name}\" has no feature \"{name}\", it has {string.Join(", ", definition.Features)}");
        }

        var features = new float[definition.Features.Length];
        var categories = new List<string?>();
        for (var i = 0; i < features.Length; i++)
        {
            var name = definition.Features[i];
            var value = values.GetValueOrDefault(name);
            var isCategorical = definition.Inputs.TypeOf(name).Kind == FeatureKind.Categorical;
            features[i] = isCategorical ? float.NaN : Number(name, value);
            if (!isCategorical) continue;
            if (value is not (null or string)) throw Invalid($"feature \"{name}\" is categorical: send a text instead of {Text(value)}");
            categories.Add((string?)value);
        }

        return new StreamEvent(timestamp, features, key) { Categories = categories.ToArray() };
    }

    private static float Number(string name, object? value) => value switch
    {
        null => float.NaN,
        bool truth => truth ? 1 : 0,
        float or double or decimal or int or long or short or byte or uint or ulong or ushort or sbyte =>
            Convert.ToSingle(value, CultureInfo.InvariantCulture),
        _ => throw Invalid($"feature \"{name}\" takes a number or a boolean: {Text(value)} is neither"),
    };

    private static string Text(object? value) => $"\"{Convert.ToString(value, CultureInfo.InvariantCulture)}\"";

    private static DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidEvent, message);
}
