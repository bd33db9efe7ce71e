using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// How the events of a stream become the numbers that its model sees (docs/model.md, "Inputs"). Immutable; compared by value.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.input-definition")]
public sealed record InputDefinition
{
    /// <summary>Most earlier values beside each value.</summary>
    public const int MaxLags = 64;

    /// <summary>Most columns that a model may see.</summary>
    public const int MaxColumns = 2048;

    /// <summary>The default: every feature a number that is always there.</summary>
    public static InputDefinition Plain { get; } = new();

    /// <summary>The features that are more than a number; those that are not named are numbers.</summary>
    /// <value>Default none.</value>
    [Id(0)]
    public ImmutableArray<FeatureType> Types { get; init; } = [];

    /// <summary>Earlier values k of numbers, booleans and rates that stand beside the newest.</summary>
    /// <value>Default 0.</value>
    [Id(1)]
    public int Lags { get; init; }

    /// <summary>True to give the model the change since the event before, of numbers, booleans and rates.</summary>
    /// <value>Default false.</value>
    [Id(2)]
    public bool Differences { get; init; }

    /// <summary>After a pause longer than this, lags and differences begin again.</summary>
    /// <value>Default null: never.</value>
    [Id(3)]
    public TimeSpan? GapThreshold { get; init; }

    /// <summary>Events older than the newest by more than this are late: scored, not learned.</summary>
    /// <value>Default null: none is late.</value>
    [Id(4)]
    public TimeSpan? Lateness { get; init; }

    /// <summary>Features made of the event time.</summary>
    /// <value>Default none.</value>
    [Id(5)]
    public CalendarFeatures Calendar { get; init; }

    /// <summary>True if events are what the model sees.</summary>
    public bool IsPlain => Lags == 0 && !Differences && Lateness is null && Calendar == CalendarFeatures.None
        && Types.All(type => type is { Kind: FeatureKind.Numeric, Missing: MissingPolicy.Reject });

    /// <inheritdoc/>
    public bool Equals(InputDefinition? other) =>
        other is not null && Lags == other.Lags && Differences == other.Differences && GapThreshold == other.GapThreshold
        && Lateness == other.Lateness && Calendar == other.Calendar && Types.AsSpan().SequenceEqual(other.Types.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Types.Length, Lags, Differences, GapThreshold, Lateness, Calendar);

    /// <summary>What a feature is.</summary>
    /// <param name="feature">Name of the feature.</param>
    /// <returns>Its type; a plain number if it is not named.</returns>
    public FeatureType TypeOf(string feature) =>
        Types.FirstOrDefault(type => type.Feature == feature) ?? new FeatureType { Feature = feature };

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <param name="features">Names of the stream's features.</param>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>.</exception>
    public void Validate(ImmutableArray<string> features)
    {
        if (Types.IsDefault || Types.Any(type => type is null)) throw Invalid("Inputs.Types is missing: use an empty list");
        foreach (var type in Types)
        {
            if (!features.Contains(type.Feature, StringComparer.Ordinal))
                throw Invalid($"a type names feature \"{type.Feature}\", which the stream does not have");
            if (Types.Count(other => other.Feature == type.Feature) > 1) throw Invalid($"feature \"{type.Feature}\" has two types");
            type.Validate();
        }

        if (Lags is < 0 or > MaxLags) throw Invalid($"Inputs.Lags = {Lags}: use 0 to {MaxLags}");
        if (GapThreshold <= TimeSpan.Zero) throw Invalid($"Inputs.GapThreshold = {GapThreshold}: use a positive time");
        if (Lateness < TimeSpan.Zero) throw Invalid($"Inputs.Lateness = {Lateness}: use zero or a positive time");
        if ((Calendar & ~(CalendarFeatures.HourOfDay | CalendarFeatures.DayOfWeek)) != 0) throw Invalid($"Inputs.Calendar = {Calendar}");
    }

    private static DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidDefinition, message);
}
