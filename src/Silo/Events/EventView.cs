namespace DagmmStream.Silo.Events;

/// <summary>An event as a caller writes it.</summary>
/// <param name="Features">A value by feature name: a number, a boolean, a text for a category, or null where one may be missing; or an
/// array in the order of the stream's definition.</param>
/// <param name="Time">When it happened: ISO 8601, or whole microseconds since 1970-01-01 UTC. Without it: when the service got it.</param>
/// <param name="Key">Routing key: events of one key stay in one partition, in order.</param>
/// <param name="BackFill">True for history: the event is learned and raises no alarm.</param>
public sealed record EventView(Dictionary<string, object?> Features, DateTimeOffset? Time = null, string? Key = null,
    bool BackFill = false);
