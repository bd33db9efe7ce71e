using DagmmStream.Storage.Alerts;

namespace DagmmStream.Silo.Alerts;

/// <summary>One message to one receiver.</summary>
/// <param name="Number">Identifies it.</param>
/// <param name="AlertId">The alert that it tells of.</param>
/// <param name="Stream">The stream.</param>
/// <param name="Transition">What it tells.</param>
/// <param name="Webhook">Name of the receiver.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts that failed so far.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="At">When it is tried again; of one that is not pending, when it got there.</param>
/// <param name="Error">Why the last attempt failed.</param>
public sealed record DeliveryView(
    long Number, string AlertId, string Stream, AlertTransition Transition, string Webhook, DeliveryState State, int Attempts,
    DateTimeOffset CreatedAt, DateTimeOffset At, string? Error)
{
    internal static DeliveryView Of(AlertDelivery delivery) => new(
        delivery.Number, delivery.Episode.Id, delivery.Episode.Stream, delivery.Transition, delivery.Target, delivery.State,
        delivery.Attempts, delivery.CreatedAt, delivery.NextAttemptAt, delivery.Error);
}
