namespace DagmmStream;

/// <summary>One observation of drift.</summary>
/// <param name="Offset">Events below this offset were learned, rejected or left out by then.</param>
/// <param name="Stage">What was noticed.</param>
/// <param name="Size">Share of rejected events then less the share of ordinary times.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.drift-notice")]
public readonly record struct DriftNotice(
    [property: Id(0)] long Offset, [property: Id(1)] DriftStage Stage, [property: Id(2)] double Size)
{
    /// <summary>Time of the event before the offset.</summary>
    /// <value>Default null: not asked for, or the score of that event is no longer kept.</value>
    [Id(3)]
    public DateTimeOffset? Time { get; init; }
}
