using System.Threading.Channels;

namespace DagmmStream.Client.Producing;

/// <summary>One call of <see cref="StreamClient.PushAsync"/>: collects the acknowledgements of its events over all partitions.</summary>
internal sealed class PushSession
{
    /// <summary>Acknowledgements that may wait for a slow reader; then its batches wait with them.</summary>
    private const int MaxUnread = 256;

    private readonly Channel<PushAcknowledgement> _acknowledgements = Channel.CreateBounded<PushAcknowledgement>(MaxUnread);
    private long _open = 1;

    public ChannelReader<PushAcknowledgement> Acknowledgements => _acknowledgements.Reader;

    /// <summary>Counts an event before it is queued.</summary>
    public void Add() => Interlocked.Increment(ref _open);

    /// <summary>Counts an event back, or the end of the source.</summary>
    public void Release(int count)
    {
        if (Interlocked.Add(ref _open, -count) == 0) _acknowledgements.Writer.TryComplete();
    }

    /// <summary>Passes an acknowledgement to the reader.</summary>
    public async ValueTask AcknowledgeAsync(PushAcknowledgement acknowledgement)
    {
        while (!_acknowledgements.Writer.TryWrite(acknowledgement))
            if (!await _acknowledgements.Writer.WaitToWriteAsync()) return;
        Release(acknowledgement.Count);
    }

    /// <summary>Ends the session: the reader gets the error, further acknowledgements go nowhere.</summary>
    public void Fail(Exception? error) => _acknowledgements.Writer.TryComplete(error);
}
