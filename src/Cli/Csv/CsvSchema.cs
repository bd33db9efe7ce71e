using System.Collections.Immutable;
using System.Globalization;

namespace DagmmStream.Cli.Csv;

/// <summary>Which columns of a file are what.</summary>
public sealed class CsvSchema
{
    private CsvSchema()
    {
    }

    /// <summary>Names of the features [d].</summary>
    public required ImmutableArray<string> Features { get; init; }

    /// <summary>Column numbers of the features [d].</summary>
    public required ImmutableArray<int> FeatureColumns { get; init; }

    /// <summary>True where a feature's values are names [d].</summary>
    public required ImmutableArray<bool> IsText { get; init; }

    /// <summary>Column number of the label, or -1.</summary>
    public required int LabelColumn { get; init; }

    /// <summary>Column number of the time, or -1.</summary>
    public required int TimeColumn { get; init; }

    /// <summary>Columns of the file.</summary>
    public required int ColumnCount { get; init; }

    /// <summary>Columns that are left out because they are not numeric.</summary>
    public required ImmutableArray<string> Dropped { get; init; }

    /// <summary>Decides from the header and the first line.</summary>
    /// <param name="header">Names of the columns.</param>
    /// <param name="first">Fields of the first line of data.</param>
    /// <param name="options">What the caller chose.</param>
    /// <returns>The schema.</returns>
    /// <exception cref="CsvFormatException">A column that was named does not exist, or no numeric column is left.</exception>
    public static CsvSchema Detect(string[] header, string[] first, CsvOptions options)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(options);
        var label = options.LabelColumn is { } l ? Find(header, l, "--label-column") : -1;
        var time = options.TimeColumn is { } t ? Find(header, t, "--time-column") : -1;
        var candidates = options.Columns is { } chosen
            ? chosen.Select(name => Find(header, name, "--columns")).ToArray()
            : [.. Enumerable.Range(0, header.Length).Where(i => i != label && i != time)];
        var texts = options.TextFeatures.Select(name => Find(header, name, "--categorical")).ToHashSet();
        // A column is text when its first value is text; a value that merely fails later is a bad line.
        bool IsFeature(int column) => column >= first.Length || texts.Contains(column) || IsValue(first[column]);
        var features = options.Columns is null ? candidates.Where(IsFeature).ToArray() : candidates;
        if (features.Length == 0)
            throw new CsvFormatException($"no numeric column among {string.Join(", ", header)}: choose features with --columns");
        return new CsvSchema
        {
            Features = [.. features.Select(i => header[i])],
            FeatureColumns = [.. features],
            IsText = [.. features.Select(texts.Contains)],
            LabelColumn = label,
            TimeColumn = time,
            ColumnCount = header.Length,
            Dropped = [.. candidates.Except(features).Select(i => header[i])],
        };
    }

    private static bool IsValue(string text) =>
        text.Length == 0 || bool.TryParse(text, out _) || double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static int Find(string[] header, string column, string option)
    {
        var index = Array.IndexOf(header, column);
        if (index >= 0) return index;
        if (int.TryParse(column, NumberStyles.None, CultureInfo.InvariantCulture, out index) && index < header.Length) return index;
        throw new CsvFormatException($"{option} \"{column}\": no such column; the file has {string.Join(", ", header)}");
    }
}
