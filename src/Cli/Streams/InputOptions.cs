using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Terminal;

namespace DagmmStream.Cli.Streams;

/// <summary>The options that say what the features of a stream are.</summary>
internal sealed class InputOptions
{
    private readonly Option<string?> _categorical = new("--categorical")
    {
        Description = "Features that are names, separated by commas; 16 categories have a column of their own, or NAME=COUNT.",
    };

    private readonly Option<string?> _boolean = new("--boolean") { Description = "Features that are 0, 1, true or false." };

    private readonly Option<string?> _cyclic = new("--cyclic")
    {
        Description = "Features on a circle with its length: angle=360,hour=24.",
    };

    private readonly Option<string?> _counter = new("--counter") { Description = "Features that only grow: their rate per second." };

    private readonly Option<MissingPolicy> _missing = new("--missing")
    {
        Description = "reject an event with an empty feature, or let the mean or the last value stand in.",
    };

    private readonly Option<int> _lags = new("--lags") { Description = "Earlier values that stand beside each value." };
    private readonly Option<bool> _differences = new("--differences") { Description = "Give the model the changes of the values too." };
    private readonly Option<double?> _gap = new("--gap") { Description = "Lags begin again after a pause of so many seconds." };
    private readonly Option<double?> _lateness = new("--lateness")
    {
        Description = "Events older than the newest by more than so many seconds are scored and not learned.",
    };

    private readonly Option<CalendarFeatures> _calendar = new("--calendar")
    {
        Description = "hourOfDay, dayOfWeek, or both separated by a comma: features made of the event time.",
    };

    public void AddTo(Command command)
    {
        _lags.Require(value => value is >= 0 and <= InputDefinition.MaxLags, $"use 0 to {InputDefinition.MaxLags}.");
        _gap.Require(value => value is > 0 and < 1e9, "use a positive number of seconds.");
        _lateness.Require(value => value is >= 0 and < 1e9, "use zero or a positive number of seconds.");
        Option[] options = [_categorical, _boolean, _cyclic, _counter, _missing, _lags, _differences, _gap, _lateness, _calendar];
        foreach (var option in options) command.Options.Add(option);
        command.Validators.Add(result =>
        {
            foreach (var (name, count) in Pairs(result.GetValue(_categorical)))
                if (count is not null && !(Number(count) >= 1)) result.AddError($"--categorical {name}={count}: use NAME or NAME=COUNT.");
            foreach (var (name, period) in Pairs(result.GetValue(_cyclic)))
                if (!(Number(period ?? "") > 0)) result.AddError($"--cyclic {name}: use NAME=LENGTH, angle=360 for degrees.");
        });
    }

    /// <summary>Names of the features whose values are texts.</summary>
    public IReadOnlyList<string> TextFeatures(ParseResult parsed) => [.. Pairs(parsed.GetValue(_categorical)).Select(pair => pair.Name)];

    /// <summary>What becomes of events that lack a feature.</summary>
    public MissingPolicy Missing(ParseResult parsed) => parsed.GetValue(_missing);

    /// <summary>The definition that was asked for.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="features">Names of all features.</param>
    public InputDefinition Read(ParseResult parsed, ImmutableArray<string> features)
    {
        var types = new Dictionary<string, FeatureType>(StringComparer.Ordinal);
        foreach (var (name, count) in Pairs(parsed.GetValue(_categorical)))
        {
            var type = new FeatureType { Feature = name, Kind = FeatureKind.Categorical };
            Add(types, count is null ? type : type with { MaxCategories = (int)Number(count) });
        }

        foreach (var (name, _) in Pairs(parsed.GetValue(_boolean)))
            Add(types, new FeatureType { Feature = name, Kind = FeatureKind.Boolean });
        foreach (var (name, period) in Pairs(parsed.GetValue(_cyclic)))
            Add(types, new FeatureType { Feature = name, Kind = FeatureKind.Cyclic, Period = Number(period!) });
        foreach (var (name, _) in Pairs(parsed.GetValue(_counter)))
            Add(types, new FeatureType { Feature = name, Kind = FeatureKind.Counter });
        var missing = parsed.GetValue(_missing);
        if (missing != MissingPolicy.Reject)
        {
            foreach (var name in features)
                types[name] = (types.GetValueOrDefault(name) ?? new FeatureType { Feature = name }) with { Missing = missing };
        }

        return new InputDefinition
        {
            Types = [.. types.Values],
            Lags = parsed.GetValue(_lags),
            Differences = parsed.GetValue(_differences),
            GapThreshold = Seconds(parsed.GetValue(_gap)),
            Lateness = Seconds(parsed.GetValue(_lateness)),
            Calendar = parsed.GetValue(_calendar),
        };
    }

    private static double Number(string text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : 0;

    private static TimeSpan? Seconds(double? value) => value is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static void Add(Dictionary<string, FeatureType> types, FeatureType type)
    {
        if (!types.TryAdd(type.Feature, type))
        {
            throw new DagmmStreamException(
                ErrorCode.InvalidDefinition,
                $"feature \"{type.Feature}\" is called {types[type.Feature].Kind} and {type.Kind}: choose one");
        }
    }

    private static IEnumerable<(string Name, string? Number)> Pairs(string? text)
    {
        var items = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return items.Select(item => item.Split('=', 2)).Select(parts => (parts[0], parts.Length > 1 ? parts[1] : null));
    }
}
