namespace DagmmStream;

/// <summary>One observation of drift.</summary>
/// <param name="Offset">Events below this offset were learned, rejected or left out by then.</param>
/// <param name="Stage">What was noticed.</param>
/// <param name="Size">Share of rejected events then less the share of ordinary times.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.drift-notice")]
public readonly record struct DriftNotice(
    [property: Id(0)] long Offset, [property: Id(1)] DriftStage Stage, [property: Id(2)] double Size);
