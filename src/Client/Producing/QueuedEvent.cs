namespace DagmmStream.Client.Producing;

/// <summary>One entry of a partition's queue: an event, or a flush marker (then <see cref="Features"/> is null).</summary>
/// <param name="Features">Rented array whose first d entries are the feature vector.</param>
/// <param name="Time">Event time, microseconds since 1970-01-01 UTC.</param>
/// <param name="Owner">Who is told: null (nobody but the failure event), a <see cref="TaskCompletionSource{EventScore}"/>, a
/// <see cref="PushSession"/>, or for a marker a <see cref="TaskCompletionSource"/>.</param>
/// <param name="Categories">Names of the categorical features; null without such features.</param>
/// <param name="IsBackFill">True for history.</param>
internal readonly record struct QueuedEvent(
    float[]? Features, long Time, object? Owner, bool IsBackFill = false, string?[]? Categories = null);
