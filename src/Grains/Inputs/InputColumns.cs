using System.Collections.Immutable;

namespace DagmmStream.Grains.Inputs;

/// <summary>
/// Which column of the model's input is what: the newest values of all features, then the calendar, then lag 1 of all lagged features,
/// lag 2, …, then their differences.
/// </summary>
internal sealed class InputColumns
{
    private const int NamesPerHashColumn = 8;

    private static readonly (CalendarFeatures Flag, string Name, int Period)[] CalendarCycles =
        [(CalendarFeatures.HourOfDay, "hour of day", 24), (CalendarFeatures.DayOfWeek, "day of week", 7)];

    public InputColumns(StreamDefinition definition)
    {
        (Inputs, IsShared) = (definition.Inputs, definition.Partitions > 1);
        var (features, start, lagged) = (ImmutableArray.CreateBuilder<FeatureColumns>(), 0, 0);
        foreach (var name in definition.Features)
        {
            var type = Inputs.TypeOf(name);
            var width = WidthOf(type);
            var isLagged = type.Kind is FeatureKind.Numeric or FeatureKind.Boolean or FeatureKind.Counter;
            features.Add(new FeatureColumns(name, type, start, width, isLagged ? lagged++ : -1));
            start += width;
        }

        Values = features.ToImmutable();
        Calendar = start;
        foreach (var (flag, name, period) in CalendarCycles)
        {
            if (!Inputs.Calendar.HasFlag(flag)) continue;
            var type = new FeatureType { Feature = name, Kind = FeatureKind.Cyclic, Period = period };
            features.Add(new FeatureColumns(name, type, start, 2, -1));
            start += 2;
        }

        (All, LagStart, LaggedWidth) = (features.ToImmutable(), start, lagged);
        Width = start + (lagged * (Inputs.Lags + (Inputs.Differences ? 1 : 0)));
        if (Width <= InputDefinition.MaxColumns) return;
        throw new DagmmStreamException(
            ErrorCode.InvalidDefinition,
            $"stream \"{definition.Name}\" would give its model {Width} columns, the most is {InputDefinition.MaxColumns}: "
            + "use fewer lags or lower MaxCategories");
    }

    /// <summary>The definition.</summary>
    public InputDefinition Inputs { get; }

    /// <summary>True if the columns feed a model that several partitions learn together.</summary>
    public bool IsShared { get; }

    /// <summary>The features of an event.</summary>
    public ImmutableArray<FeatureColumns> Values { get; }

    /// <summary>These and the calendar's.</summary>
    public ImmutableArray<FeatureColumns> All { get; }

    /// <summary>First column of the calendar.</summary>
    public int Calendar { get; }

    /// <summary>First column of lag 1.</summary>
    public int LagStart { get; }

    /// <summary>Lagged columns.</summary>
    public int LaggedWidth { get; }

    /// <summary>Columns in all.</summary>
    public int Width { get; }

    /// <summary>True if columns depend on the event before.</summary>
    public bool HasHistory => Inputs.Lags > 0 || Inputs.Differences;

    /// <summary>All columns that a feature has an influence on.</summary>
    public IEnumerable<int> ColumnsOf(FeatureColumns feature)
    {
        for (var i = 0; i < feature.Width; i++) yield return feature.Start + i;
        if (feature.Lagged < 0) yield break;
        for (var at = LagStart + feature.Lagged; at < Width; at += LaggedWidth) yield return at;
    }

    /// <summary>Columns of a feature; of a categorical one those of single names and, behind them, those that others share.</summary>
    public static int WidthOf(FeatureType type) => type.Kind switch
    {
        FeatureKind.Categorical => type.MaxCategories + Math.Max(1, type.MaxCategories / NamesPerHashColumn),
        FeatureKind.Cyclic => 2,
        _ => 1,
    };
}
