using System.Runtime.InteropServices;
using DagmmStream.Client.Producing;

namespace DagmmStream.Client;

/// <content>Why an event has its score, and what people say about it.</content>
public partial class StreamClient
{
    /// <summary>
    /// Explains the score of an accepted event: an anomaly's as it was given, another recent event's under the snapshot that stands now.
    /// </summary>
    /// <param name="offset">Offset of the event.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The explanation.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> when its features are no longer kept.</exception>
    public virtual Task<EventExplanation> ExplainAsync(
        long offset, int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.ExplainAsync(id, offset, token), "explaining an event", cancellationToken);

    /// <summary>Explains the score that an event would get now, and forgets it.</summary>
    /// <param name="features">Feature vector [d].</param>
    /// <param name="partition">The partition whose snapshot scores.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The explanation; its offset is -1.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidEvent"/>, <see cref="ErrorCode.StreamNotFound"/>, or
    /// <see cref="ErrorCode.NotKept"/> while there is no snapshot.</exception>
    public virtual async Task<EventExplanation> ExplainProbeAsync(
        ReadOnlyMemory<float> features, int partition = 0, CancellationToken cancellationToken = default)
    {
        var probe = await ProbeOfAsync(features, cancellationToken);
        var definition = await DescribeAsync(cancellationToken);
        return await CallAsync(
            partition, (way, id, token) => way.ExplainProbeAsync(id, definition, probe, token), "explaining an event", cancellationToken);
    }

    /// <summary>Says what an event was: the label decides on events like it, several labels move the alarm rate, scores stay as they are.
    /// </summary>
    /// <param name="offset">Offset of an anomaly, or of another event whose features are still kept.</param>
    /// <param name="label">The label; null takes one back.</param>
    /// <param name="partition">Its partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>All labels of the partition and what they changed; durable.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.NotKept"/> when the event's features are no longer kept.</exception>
    public virtual Task<FeedbackState> LabelAsync(
        long offset, FeedbackLabel? label, int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.LabelAsync(id, offset, label, token), "labelling an event", cancellationToken);

    /// <summary>The labels of a partition and what they changed.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The state.</returns>
    public virtual Task<FeedbackState> GetFeedbackAsync(int partition = 0, CancellationToken cancellationToken = default) =>
        CallAsync(partition, (way, id, token) => way.GetFeedbackAsync(id, token), "reading the labels", cancellationToken);

    private async ValueTask<ProbeEvent> ProbeOfAsync(ReadOnlyMemory<float> features, CancellationToken cancellationToken)
    {
        var definition = await DescribeAsync(cancellationToken);
        EventCheck.ThrowIfInvalid(definition, features.Span);
        var bytes = MemoryMarshal.AsBytes(features.Span).ToArray();
        // Without names every category is missing.
        new CategoryCells(definition).Write([], MemoryMarshal.Cast<byte, float>(bytes.AsSpan()));
        return new ProbeEvent { Features = bytes };
    }
}
