namespace DagmmStream.Silo.Events;

/// <summary>An event as a caller writes it.</summary>
/// <param name="Features">Numbers by feature name; or an array in the order of the stream's definition.</param>
/// <param name="Time">When it happened: ISO 8601, or whole microseconds since 1970-01-01 UTC. Without it: when the service got it.</param>
/// <param name="Key">Routing key: events of one key stay in one partition, in order.</param>
public sealed record EventView(Dictionary<string, double> Features, DateTimeOffset? Time = null, string? Key = null);
