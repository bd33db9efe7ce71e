namespace DagmmStream;

/// <summary>When a feature's value excuses an anomaly.</summary>
/// <param name="Feature">Name of the feature.</param>
/// <param name="Kind">When.</param>
/// <param name="Low">Lowest value of the range of <see cref="FeatureRuleKind.IgnoreWithin"/>, in the feature's unit.</param>
/// <param name="High">Highest value of that range.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.feature-rule")]
public readonly record struct FeatureRule(
    [property: Id(0)] string Feature, [property: Id(1)] FeatureRuleKind Kind, [property: Id(2)] double Low = 0,
    [property: Id(3)] double High = 0);
