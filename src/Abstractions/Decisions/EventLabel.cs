namespace DagmmStream;

/// <summary>A label that a partition keeps.</summary>
/// <param name="Offset">Offset of the event.</param>
/// <param name="Time">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Label">What a person says.</param>
/// <param name="PValue">p-value of the event when it was labelled.</param>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.event-label")]
public readonly record struct EventLabel(
    [property: Id(0)] long Offset, [property: Id(1)] long Time, [property: Id(2)] FeedbackLabel Label, [property: Id(3)] double PValue);
