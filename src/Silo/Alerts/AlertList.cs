using System.Collections.Immutable;

namespace DagmmStream.Silo.Alerts;

/// <summary>A page of alerts, the newest first.</summary>
/// <param name="Alerts">The alerts.</param>
/// <param name="Next">Where the next page is; null on the last one.</param>
public sealed record AlertList(ImmutableArray<AlertView> Alerts, string? Next);
