using System.Collections.Immutable;

namespace DagmmStream.Silo.Alerts;

/// <summary>An alert and the messages about it.</summary>
/// <param name="Alert">The alert.</param>
/// <param name="Deliveries">The messages, the oldest first.</param>
public sealed record AlertDetail(AlertView Alert, ImmutableArray<DeliveryView> Deliveries);
