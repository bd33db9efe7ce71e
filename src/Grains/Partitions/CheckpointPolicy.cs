using DagmmStream.Storage;
using DagmmStream.Storage.Journal;

namespace DagmmStream.Grains.Partitions;

/// <summary>When a partition writes a checkpoint, and how: slot, then the journal below the older slot is deleted.</summary>
internal sealed class CheckpointPolicy
{
    private readonly CheckpointSlots _slots;
    private readonly IJournal? _journal;
    private readonly PartitionHandle _handle;
    private readonly TimeProvider _time;
    private readonly TimeSpan _interval;
    private readonly long _steps;
    private readonly Action<Exception> _failed;
    private long _lastTime;
    private long _lastSteps;

    /// <summary>Creates a policy for a partition that stands at a checkpoint.</summary>
    /// <param name="slots">Where checkpoints go.</param>
    /// <param name="journal">The journal to shorten; null for an in-memory stream.</param>
    /// <param name="handle">The right to write.</param>
    /// <param name="schedule">Interval, steps and clock.</param>
    /// <param name="offset">Offset of the checkpoint that was loaded.</param>
    /// <param name="failed">Told of a checkpoint that could not be written.</param>
    public CheckpointPolicy(
        CheckpointSlots slots, IJournal? journal, PartitionHandle handle, (TimeSpan Interval, long Steps, TimeProvider Time) schedule,
        long offset, Action<Exception> failed)
    {
        (_slots, _journal, _handle, _failed) = (slots, journal, handle, failed);
        (_interval, _steps, _time) = schedule;
        _lastTime = _time.GetTimestamp();
        Offset = offset;
    }

    /// <summary>Offset of the newest checkpoint.</summary>
    public long Offset { get; private set; }

    /// <summary>Time since the last checkpoint was begun, or since activation.</summary>
    public TimeSpan Age => _time.GetElapsedTime(_lastTime);

    /// <summary>Checkpoints written since activation.</summary>
    public long Written { get; private set; }

    public bool IsDue(long steps) => steps - _lastSteps >= _steps || _time.GetElapsedTime(_lastTime) >= _interval;

    /// <summary>A source that is cancelled when the next checkpoint is due.</summary>
    public CancellationTokenSource CancelWhenDue()
    {
        var left = _interval - _time.GetElapsedTime(_lastTime);
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
    }

    /// <summary>Writes a checkpoint, then shortens the journal.</summary>
    public async Task WriteAsync(byte[] payload, long offset, long steps)
    {
        (_lastTime, _lastSteps) = (_time.GetTimestamp(), steps);
        await _slots.WriteAsync(payload, offset);
        Offset = offset;
        Written++;
        if (_journal is not null) await _journal.TruncateAsync(_handle, _slots.SafeOffset, CancellationToken.None);
    }

    /// <summary>Reports a checkpoint that could not be written; the next one is tried after the interval.</summary>
    public void Failed(Exception exception) => _failed(exception);
}
