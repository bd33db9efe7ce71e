using DagmmStream.Client.Producing;

namespace DagmmStream.Silo.Events;

/// <summary>
/// Puts the values of an event into its row, by the types of the stream's features; what does not fit becomes the row's rejection.
/// </summary>
internal sealed class FeatureReader
{
    private const int MaxCategoryLength = 256;
    private const int Shown = 40;
    private readonly FeatureType[] _types;
    private readonly int[] _categories;

    public FeatureReader(StreamDefinition definition)
    {
        _types = [.. definition.Features.Select(definition.Inputs.TypeOf)];
        _categories = new int[_types.Length];
        var place = 0;
        foreach (var feature in CategoryCells.Categorical(definition)) _categories[feature] = place++;
    }

    /// <summary>True if a feature's values are names.</summary>
    public bool IsCategorical(int feature) => _types[feature].Kind == FeatureKind.Categorical;

    /// <summary>Takes a value as a CSV has it; an empty one is missing.</summary>
    public bool Text(EventRow row, int feature, ReadOnlySpan<char> text)
    {
        var value = text.Trim();
        if (value.IsEmpty) return Missing(row, feature, "is empty");
        if (IsCategorical(feature)) return Category(row, feature, value.ToString());
        if (_types[feature].Kind == FeatureKind.Boolean && bool.TryParse(value, out var truth)) return Boolean(row, feature, truth);
        return float.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var number)
            ? Number(row, feature, number)
            : row.Reject("not-a-number", $"feature \"{_types[feature].Feature}\" is \"{Short(value)}\"");
    }

    /// <summary>Takes a number; NaN is a missing value where one is allowed.</summary>
    public bool Number(EventRow row, int feature, float value)
    {
        var type = _types[feature];
        if (type.Kind == FeatureKind.Categorical)
            return row.Reject("not-a-category", $"feature \"{type.Feature}\" is categorical: send a text instead of {value}");
        if (!float.IsFinite(value) && !(float.IsNaN(value) && type.Missing != MissingPolicy.Reject))
            return row.Reject("not-finite", $"feature \"{type.Feature}\" is {value}");
        if (type.Kind == FeatureKind.Boolean && value is not (0 or 1) && float.IsFinite(value))
            return row.Reject("not-a-boolean", $"feature \"{type.Feature}\" is {value}: send true, false, 1 or 0");
        row.Features[feature] = value;
        return true;
    }

    /// <summary>Takes a truth value; to other features than booleans it is no number.</summary>
    public bool Boolean(EventRow row, int feature, bool value)
    {
        if (_types[feature].Kind != FeatureKind.Boolean)
            return row.Reject("not-a-number", $"feature \"{_types[feature].Feature}\" is {(value ? "true" : "false")}");
        row.Features[feature] = value ? 1 : 0;
        return true;
    }

    /// <summary>Takes a category's name; to other features than categorical ones it is no number.</summary>
    public bool Category(EventRow row, int feature, string name)
    {
        if (!IsCategorical(feature))
            return row.Reject("not-a-number", $"feature \"{_types[feature].Feature}\" is \"{Short(name)}\"");
        if (name.Length is 0 or > MaxCategoryLength)
            return row.Reject(
                "not-a-category",
                $"feature \"{_types[feature].Feature}\" has a category of {name.Length} characters: use 1 to {MaxCategoryLength}");
        (row.Features[feature], row.Categories[_categories[feature]]) = (float.NaN, name);
        return true;
    }

    /// <summary>Takes a missing value, where the feature's policy allows one.</summary>
    public bool Missing(EventRow row, int feature, string how)
    {
        if (_types[feature].Missing == MissingPolicy.Reject)
            return row.Reject("missing-value", $"feature \"{_types[feature].Feature}\" {how}");
        row.Features[feature] = float.NaN;
        if (IsCategorical(feature)) row.Categories[_categories[feature]] = null;
        return true;
    }

    /// <summary>A value as messages show it.</summary>
    public static string Short(ReadOnlySpan<char> text) => text.Length <= Shown ? text.ToString() : $"{text[..Shown]}…";
}
