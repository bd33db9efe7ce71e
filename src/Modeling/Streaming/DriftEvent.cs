namespace DagmmStream.Modeling.Streaming;

/// <summary>One observation of drift.</summary>
/// <param name="Seen">Events seen by then: its time, counted in events.</param>
/// <param name="Kind">What was noticed.</param>
/// <param name="Size">Share of rejected events then less the share of ordinary times.</param>
public readonly record struct DriftEvent(long Seen, DriftKind Kind, double Size);
