using System.Runtime.InteropServices;

namespace DagmmStream.Client.Producing;

/// <summary>
/// Events of one batch from numbering to acknowledgement. Batches form a chain: each knows the one before it, and where that one ended is
/// where this one begins. The first attempt does not wait for the predecessor; every further one does, so that order repairs itself.
/// </summary>
internal sealed class OutgoingBatch
{
    private readonly TaskCompletionSource<ProducerPosition> _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _features;
    private readonly byte[] _times;
    private readonly long _timeBase;
    private readonly byte[]? _marks;
    private readonly string[]? _names;
    private bool _isRenamed;

    public OutgoingBatch(ProducerPosition start, Task<ProducerPosition> predecessor, List<QueuedEvent> events, StreamDefinition definition)
    {
        var width = definition.Features.Length;
        Start = start;
        Predecessor = predecessor;
        Owners = [.. events.Select(item => item.Owner)];
        // Not pooled: in one process with the silo these very arrays go into the journal and into training.
        _features = new byte[events.Count * width * sizeof(float)];
        Span<long> times = stackalloc long[EventBatch.MaxEvents];
        for (var i = 0; i < events.Count; i++) times[i] = events[i].Time;
        (_timeBase, _times) = EventTimes.Pack(times[..events.Count]);
        var features = MemoryMarshal.Cast<byte, float>(_features.AsSpan());
        var cells = new CategoryCells(definition);
        for (var i = 0; i < events.Count; i++)
        {
            events[i].Features.AsSpan(0, width).CopyTo(features[(i * width)..]);
            cells.Write(events[i].Categories, features.Slice(i * width, width));
        }

        if (cells.Any) _names = cells.Names;
        if (!events.Exists(item => item.IsBackFill)) return;
        _marks = [.. events.Select(item => (byte)(item.IsBackFill ? EventMarks.BackFill : EventMarks.None))];
    }

    /// <summary>Producer and sequence of the first event; moved when the predecessor ended elsewhere.</summary>
    public ProducerPosition Start { get; private set; }

    /// <summary>Completes when the batch before this one is acknowledged or has failed.</summary>
    public Task<ProducerPosition> Predecessor { get; }

    /// <summary>Who is told about each event.</summary>
    public object?[] Owners { get; }

    public int Count => Owners.Length;

    /// <summary>Completes with the position behind this batch.</summary>
    public Task<ProducerPosition> Finished => _finished.Task;

    /// <summary>The position behind this batch if all goes well.</summary>
    public ProducerPosition ExpectedEnd => Start with { Sequence = Start.Sequence + Count };

    public EventBatch ToMessage() => new()
    {
        Producer = Start.Producer,
        FirstSequence = Start.Sequence,
        Count = Count,
        Features = _features,
        Times = _times,
        TimeBase = _timeBase,
        Marks = _marks,
        Names = _names,
    };

    /// <summary>True once a reply was lost: this batch may have been accepted under its numbers, so it must keep them.</summary>
    public bool IsUncertain { get; set; }

    /// <summary>Waits for the predecessor and begins where it ended.</summary>
    public async Task FollowAsync()
    {
        var end = await Predecessor;
        if (!IsUncertain && !_isRenamed) Start = end;
    }

    /// <summary>
    /// The service expects an earlier number, so it has nothing of this batch. If everything before is settled, it has forgotten the
    /// producer (a stream kept in memory after a crash, or one created again): the batch begins anew under a new name, so that nothing is
    /// taken for a duplicate.
    /// </summary>
    /// <param name="hasFollowed">True if the predecessor was settled before the attempt.</param>
    public void OnGap(bool hasFollowed)
    {
        IsUncertain = false;
        if (!hasFollowed || (!_isRenamed && Start != Predecessor.Result)) return;
        Start = ProducerPosition.NewName();
        _isRenamed = true;
    }

    public void Finish(ProducerPosition end) => _finished.TrySetResult(end);
}
