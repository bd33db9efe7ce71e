using System.Collections.Immutable;

namespace DagmmStream.Silo.Alerts;

/// <summary>A page of messages, the newest first.</summary>
/// <param name="Deliveries">The messages.</param>
/// <param name="Next">Where the next page is; null on the last one.</param>
public sealed record DeliveryList(ImmutableArray<DeliveryView> Deliveries, string? Next);
