using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// How verdicts follow from scores. Energy, score and p-value never depend on it. Immutable; compared by value.
/// </summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.decision-policy")]
public sealed record DecisionPolicy
{
    /// <summary>Largest number of rules.</summary>
    public const int MaxRules = 1024;

    /// <summary>The default: p-values at most the stream's alarm rate, no rules.</summary>
    public static DecisionPolicy Default { get; } = new();

    /// <summary>What makes an event anomalous.</summary>
    /// <value>Default <see cref="DecisionKind.AlarmRate"/>.</value>
    [Id(0)]
    public DecisionKind Kind { get; init; } = DecisionKind.AlarmRate;

    /// <summary>The limit of <see cref="Kind"/>: a p-value or a share in (0, 0.5], or an energy. Not read by
    /// <see cref="DecisionKind.AlarmRate"/>.</summary>
    [Id(1)]
    public double Limit { get; init; }

    /// <summary>Anomalies that one of these rules excuses are normal, with <see cref="EventFlags.Suppressed"/>.</summary>
    /// <value>Default none.</value>
    [Id(2)]
    public ImmutableArray<FeatureRule> Rules { get; init; } = [];

    /// <inheritdoc/>
    public bool Equals(DecisionPolicy? other) =>
        other is not null && Kind == other.Kind && Limit.Equals(other.Limit) && Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Limit, Rules.Length);

    /// <summary>Throws when a value is out of range or a rule names no feature, naming it.</summary>
    /// <param name="features">Names of the stream's features.</param>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>.</exception>
    public void Validate(ImmutableArray<string> features)
    {
        if (!Enum.IsDefined(Kind)) throw Invalid($"unknown decision kind {Kind}");
        if (Kind is DecisionKind.PValue or DecisionKind.TopShare && !(Limit > 0 && Limit <= 0.5))
            throw Invalid($"Decision.Limit = {Limit} of {Kind}: use a share in (0, 0.5]");
        if (Kind == DecisionKind.Energy && !double.IsFinite(Limit))
            throw Invalid($"Decision.Limit = {Limit} of Energy: use a finite energy");
        if (Rules.IsDefault) throw Invalid("Decision.Rules is missing: use an empty list for no rules");
        if (Rules.Length > MaxRules) throw Invalid($"{Rules.Length} rules: use at most {MaxRules}");
        foreach (var rule in Rules) Validate(rule, features);
    }

    private static void Validate(FeatureRule rule, ImmutableArray<string> features)
    {
        var name = $"the rule of feature \"{rule.Feature}\"";
        if (!features.Contains(rule.Feature, StringComparer.Ordinal))
            throw Invalid($"{name}: the stream has no such feature, it has {string.Join(", ", features.Take(8))}");
        if (!Enum.IsDefined(rule.Kind)) throw Invalid($"{name} is of unknown kind {rule.Kind}");
        if (rule.Kind == FeatureRuleKind.IgnoreWithin && !(rule.Low <= rule.High))
            throw Invalid($"{name} ignores {rule.Low} to {rule.High}: the first must not exceed the second");
    }

    private static DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidDefinition, message);
}
