using System.Threading.Channels;

namespace DagmmStream.Client.Producing;

/// <summary>One call of <see cref="StreamClient.PushAsync"/>: collects the acknowledgements of its events over all partitions.</summary>
/// <param name="bound">Most events that are under way or whose acknowledgement is unread; then the source is not read. The producer itself
/// never waits for a slow reader: other callers' events are behind this one's.</param>
internal sealed class PushSession(int bound) : IDisposable
{
    private readonly Channel<PushAcknowledgement> _acknowledgements = Channel.CreateUnbounded<PushAcknowledgement>();
    private readonly SemaphoreSlim _room = new(bound);
    private long _open = 1;

    public ChannelReader<PushAcknowledgement> Acknowledgements => _acknowledgements.Reader;

    /// <summary>Waits for room, and counts an event before it is queued.</summary>
    public ValueTask AddAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _open);
        return _room.Wait(0, CancellationToken.None) ? ValueTask.CompletedTask : new ValueTask(_room.WaitAsync(cancellationToken));
    }

    /// <summary>The reader has taken an acknowledgement.</summary>
    public void Read(int count) => _room.Release(count);

    /// <summary>Counts an event back, or the end of the source.</summary>
    public void Release(int count)
    {
        if (Interlocked.Add(ref _open, -count) == 0) _acknowledgements.Writer.TryComplete();
    }

    /// <summary>Passes an acknowledgement to the reader.</summary>
    public void Acknowledge(PushAcknowledgement acknowledgement)
    {
        if (_acknowledgements.Writer.TryWrite(acknowledgement)) Release(acknowledgement.Count);
    }

    /// <summary>Ends the session: the reader gets the error, further acknowledgements go nowhere.</summary>
    public void Fail(Exception? error) => _acknowledgements.Writer.TryComplete(error);

    /// <inheritdoc/>
    public void Dispose() => _room.Dispose();
}
