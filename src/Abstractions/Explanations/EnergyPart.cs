namespace DagmmStream;

/// <summary>One part of an energy's distance from the median.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Energy">Energy above (positive) or below (negative) what this part of a typical event has, natural logarithm.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.energy-part")]
public readonly record struct EnergyPart([property: Id(0)] EnergyPartKind Kind, [property: Id(1)] double Energy);
