namespace DagmmStream.Storage.Alerts;

/// <summary>One message to one receiver: a row of the outbox, written with what it tells of.</summary>
/// <param name="Number">Identifies it.</param>
/// <param name="Episode">The episode as it was then.</param>
/// <param name="Transition">What is told.</param>
/// <param name="Target">Name of the webhook.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">Attempts that failed so far.</param>
/// <param name="CreatedAt">When it was written.</param>
/// <param name="NextAttemptAt">When it is tried again; of one that is not pending, when it got there.</param>
/// <param name="Error">Why the last attempt failed.</param>
/// <param name="IsSuppressed">True when its alert is suppressed now.</param>
public sealed record AlertDelivery(
    long Number, AlertEpisode Episode, AlertTransition Transition, string Target, DeliveryState State, int Attempts,
    DateTimeOffset CreatedAt, DateTimeOffset NextAttemptAt, string? Error, bool IsSuppressed);
