namespace DagmmStream.Storage.Alerts;

/// <summary>An episode as it is kept, with what people said about it.</summary>
/// <param name="Number">Rises with every episode that begins: the order of lists, and their cursor.</param>
/// <param name="Episode">The episode.</param>
/// <param name="OpenedAt">When it began, by the service's clock.</param>
/// <param name="IsSuppressed">True when nobody is told.</param>
/// <param name="AcknowledgedAt">When somebody took it; null when nobody did.</param>
/// <param name="AcknowledgedBy">Who took it.</param>
/// <param name="Note">What they wrote.</param>
public sealed record AlertRecord(
    long Number, AlertEpisode Episode, DateTimeOffset OpenedAt, bool IsSuppressed, DateTimeOffset? AcknowledgedAt,
    string? AcknowledgedBy, string? Note);
