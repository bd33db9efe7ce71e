using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Partitions;

/// <content>Provisional snapshots of a stream that is warming up.</content>
internal sealed partial class PartitionTrainer
{
    private int _provisionalEvents;

    /// <summary>Called on the grain's turn with every provisional snapshot.</summary>
    public Action<ModelSnapshot>? Provisional { get; set; }

    /// <summary>Events that the newest provisional snapshot knows; 0 before the first, and once verdicts are given.</summary>
    public int ProvisionalEvents => Report.Snapshot is null ? _provisionalEvents : 0;

    /// <summary>Events of the warm-up that are there, those of an incomplete chunk among them.</summary>
    public int WarmUpSeen => Report.Snapshot is not null ? Report.WarmUpSeen
        : (int)Math.Min(Report.WarmUpSeen + (_offset - _passed), _learner.Options.WarmUp);

    /// <summary>
    /// Makes a provisional snapshot when a size of <see cref="ProvisionalModel.Sizes"/> is reached: events that are still to be learned
    /// are looked at, not taken.
    /// </summary>
    private async Task TryProvisionalAsync(CancellationToken stop)
    {
        if (Fault is not null || Report.Snapshot is not null || stop.IsCancellationRequested) return;
        if (ProvisionalModel.SizeOf(WarmUpSeen, _learner.Options) <= _provisionalEvents) return;
        Segment[] segments = [.. _segments];
        try
        {
            var (size, snapshot) = await _executor.RunAsync(() => MakeProvisional(segments), stop);
            if (size <= _provisionalEvents) return;
            _provisionalEvents = size;
            if (snapshot is not null) Provisional?.Invoke(snapshot);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // What trains here trains the learner too: it would not fare better.
            Fault = exception;
            Faulted?.Invoke(exception);
        }
    }

    /// <summary>Runs in a slot.</summary>
    private (int Size, ModelSnapshot? Snapshot) MakeProvisional(Segment[] segments)
    {
        var learned = _learner.WarmUpRows;
        var rows = new float[learned.Length + (segments.Sum(segment => segment.Count) * _features)];
        learned.CopyTo(rows);
        var count = learned.Length / _features;
        var encoder = _encoder?.Clone();
        foreach (var segment in segments)
            count += encoder is null ? Gather(segment, rows, count) : Encode(segment, rows, count, encoder);
        // Late events and those that the learning policy leaves out are no part of it.
        var size = ProvisionalModel.SizeOf(count, _learner.Options);
        return (size, size <= _provisionalEvents ? null : ProvisionalModel.Of(
            _learner.Spec, _learner.Options, _learner.Engine, _seed, rows.AsSpan(0, size * _features)));
    }
}
