using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace DagmmStream.Silo.Events;

/// <summary>How events are pushed.</summary>
internal sealed class EventQuery
{
    [FromQuery(Name = "scores")]
    [Description("Scores in the reply: `all` (default; up to a limit), `anomalies` or `none`.")]
    public string? Scores { get; init; }

    [FromQuery(Name = "producer")]
    [Description("Name of the producer; with `sequence`.")]
    public string? Producer { get; init; }

    [FromQuery(Name = "sequence")]
    [Description("Sequence of the first accepted event; a producer numbers its events per partition 0, 1, 2, …")]
    public long? Sequence { get; init; }

    [FromQuery(Name = "partition")]
    [Description("The partition for all events; without it they are routed by key, or in turn.")]
    public int? Partition { get; init; }

    [FromQuery(Name = "backFill")]
    [Description("True when all events are history: they are learned and raise no alarm.")]
    public bool? BackFill { get; init; }

    [FromQuery(Name = "strict")]
    [Description("True to end the request with 422 at the first event that does not fit; full batches of 256 before it stay accepted.")]
    public bool? Strict { get; init; }

    [FromHeader(Name = "Idempotency-Key")]
    [Description("A name for this body, 1 to 120 characters: sending the same body again under it is harmless.")]
    public string? IdempotencyKey { get; init; }
}
