namespace DagmmStream;

/// <summary>What was expected of one feature of an event, in the feature's own unit.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Value">Its value.</param>
/// <param name="Expected">What the model reconstructs: mean over the members.</param>
/// <param name="Residual">Value less expected.</param>
/// <param name="ErrorShare">Share of the event's squared reconstruction error that this feature has, in [0, 1]; all sum to 1.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.feature-explanation")]
public readonly record struct FeatureExplanation(
    [property: Id(0)] string Name, [property: Id(1)] double Value, [property: Id(2)] double Expected, [property: Id(3)] double Residual,
    [property: Id(4)] double ErrorShare)
{
    /// <summary>Text of the value, for a category; null for a number.</summary>
    [Id(5)]
    public string? ValueText { get; init; }

    /// <summary>Text of the expected value, for a category; null for a number.</summary>
    [Id(6)]
    public string? ExpectedText { get; init; }
}
