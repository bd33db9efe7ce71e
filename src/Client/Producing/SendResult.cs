namespace DagmmStream.Client.Producing;

/// <summary>Outcome of one attempt.</summary>
/// <param name="Status">What it came to.</param>
/// <param name="Reply">The service's reply, if there was one.</param>
/// <param name="Error">The failure, if there was one.</param>
internal readonly record struct SendResult(SendStatus Status, PushReply? Reply, Exception? Error)
{
    /// <summary>Sorts a reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <returns>The outcome.</returns>
    public static SendResult From(PushReply reply) => reply.Outcome switch
    {
        PushOutcome.Accepted => new SendResult(SendStatus.Accepted, reply, null),
        PushOutcome.Refused => new SendResult(SendStatus.Refused, reply, null),
        PushOutcome.SequenceGap => new SendResult(SendStatus.Gap, reply, null),
        _ => From(new DagmmStreamException(
            ErrorCode.Unknown, $"the service answered with an unknown outcome {reply.Outcome}: update the client")),
    };

    /// <summary>Sorts a failure.</summary>
    /// <param name="error">The failure.</param>
    /// <returns>The outcome.</returns>
    public static SendResult From(Exception error) =>
        new(RetryPolicy.IsTransient(error) ? SendStatus.Transient : SendStatus.Final, null, error);
}
