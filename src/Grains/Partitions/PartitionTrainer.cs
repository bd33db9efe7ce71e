using System.Buffers;
using System.Runtime.InteropServices;
using DagmmStream.Grains.Hosting;
using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Models;
using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Partitions;

/// <summary>
/// The pump between a partition's training queue and its learner. Cuts the events into chunks at fixed offsets, learns them in a slot of
/// the <see cref="TrainingExecutor"/>, as many at once as are there, and writes checkpoints. Runs on the grain's scheduler; only the
/// learning itself does not.
/// </summary>
internal sealed partial class PartitionTrainer
{
    // Events learned in one go, a chunk of a stream with one partition. Eight chunks take a third less processor time per event, since the
    // way to a slot and back costs as much as a chunk of a small model; but a thread that never blocks lengthens the tail of commits beside
    // it: a p99 ratio of 1.5 to 4.7, not 1.1 to 1.5.
    private const int EventsAtOnce = 128;

    private readonly TrainingQueue _queue;
    private readonly TrainingExecutor _executor;
    private readonly PartitionMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly StreamLearner _learner;
    private readonly WatermarkTable _watermarks;
    private readonly CheckpointPolicy _policy;
    private readonly ulong _seed;
    private readonly int _features;
    private readonly InputEncoder? _encoder;
    private readonly PartitionRounds? _rounds;
    private readonly ModelSchema _schema;
    private readonly List<Segment> _segments = [];
    private ReadOnlyMemory<byte> _encoded;
    private long _offset;
    private long _passed;

    public PartitionTrainer(
        PartitionCheckpoint start, InputEncoder? encoder, ulong seed, TrainingQueue queue, PartitionServices services,
        CheckpointPolicy policy, PartitionRounds? rounds = null)
    {
        (_rounds, _schema) = (rounds, start.Schema);
        (_queue, _executor, _policy, _seed) = (queue, services.Executor, policy, seed);
        (_metrics, _time) = (services.Metrics, services.Time);
        (_learner, _watermarks, NotLearned) = (start.Learner, start.Watermarks, start.NotLearned);
        _offset = _passed = TrainedOffset = start.Offset;
        (_features, _encoder, _encoded) = (_learner.Spec.Features, encoder, start.Inputs);
        Report = _learner.Report();
    }

    /// <summary>Called on the grain's turn for every chunk that was learned.</summary>
    public Action<LearnReport>? Learned { get; set; }

    /// <summary>Called on the grain's turn when learning itself failed; the pump then only empties the queue.</summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>What the last chunk changed.</summary>
    public LearnReport Report { get; private set; }

    /// <summary>Events below this offset are learned, rejected or left out.</summary>
    public long TrainedOffset { get; private set; }

    /// <summary>Events left out by the learning policy.</summary>
    public long NotLearned { get; private set; }

    /// <summary>Why learning stopped; null while it runs.</summary>
    public Exception? Fault { get; private set; }

    private int ChunkSize => _learner.Options.ChunkSize;

    private int MaxChunks => Math.Max(1, EventsAtOnce / ChunkSize);

    /// <summary>Whole chunks that are there and not yet learned.</summary>
    private int Complete => (int)((_offset - _passed) / ChunkSize);

    private bool IsDirty => Fault is null && TrainedOffset > _policy.Offset;

    /// <summary>Learns the replayed journal, then what arrives, until it is stopped.</summary>
    /// <param name="replay">Journal records beyond the checkpoint, in order.</param>
    /// <param name="stop">Ends the pump at the next chunk boundary.</param>
    public async Task RunAsync(Queue<TrainingBatch> replay, CancellationToken stop)
    {
        _replay = replay;
        while (replay.TryDequeue(out var batch)) await TakeAsync(batch, stop);
        do
        {
            while (!stop.IsCancellationRequested && _queue.Reader.TryRead(out var batch)) await TakeAsync(batch, stop);
            await PassAsync(stop);
            await TryProvisionalAsync(stop);
        }
        while (await WaitAsync(stop));
    }

    private async Task WriteAsync(byte[] payload, long offset)
    {
        await _policy.WriteAsync(payload, offset, Report.Steps);
        _metrics.CheckpointWritten(payload.Length);
    }

    private void ThrowIfStopped()
    {
        if (Fault is not null)
            throw new DagmmStreamException($"no checkpoint: training stopped ({Fault.Message}); restart the silo to learn again");
    }

    private PartitionCheckpoint Checkpoint() => new()
    {
        Schema = _schema,
        Learner = _learner,
        Watermarks = _watermarks.Clone(),
        Offset = TrainedOffset,
        NotLearned = NotLearned,
        Inputs = _encoded,
    };

    private async ValueTask<bool> WaitAsync(CancellationToken stop)
    {
        if (stop.IsCancellationRequested) return false;
        if (!IsDirty) return await _queue.Reader.WaitToReadAsync(stop);
        using var timer = _policy.CancelWhenDue();
        using var due = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
        try
        {
            return await _queue.Reader.WaitToReadAsync(due.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            await TryCheckpointAsync();
            return true;
        }
    }

    private async Task TakeAsync(TrainingBatch batch, CancellationToken stop)
    {
        if (batch.Barrier is { } barrier)
        {
            await PassAsync(stop);
            await TryProvisionalAsync(stop);
            await CheckpointAsync(barrier);
            return;
        }

        if (batch.Export is { } export)
        {
            await PassAsync(stop);
            await ExportAsync(export);
            return;
        }

        var start = (int)Math.Max(0, _offset - batch.FirstOffset);
        if (start >= batch.Count) return;
        _taken.Enqueue(batch);
        _segments.Add(new Segment(batch, start, batch.Count - start));
        _offset += batch.Count - start;
        if (Complete >= MaxChunks) await PassAsync(stop);
    }

    /// <summary>Learns the whole chunks that are there, a bounded number at a time.</summary>
    private async Task PassAsync(CancellationToken stop)
    {
        while (Complete > 0)
        {
            var chunks = Take(Math.Min(Complete, MaxChunks));
            // Nobody else may have the learner before the offset says what it has learned.
            using (await EnterAsync(isLearning: true, stop))
            {
                if (Fault is null) await LearnAsync(chunks, stop);
                _queue.Release(chunks.Count * ChunkSize);
                _passed += chunks.Count * ChunkSize;
                while (_taken.TryPeek(out var batch) && batch.FirstOffset + batch.Count <= _passed) _taken.Dequeue();
                if (Fault is null) Advance(chunks);
            }

            if (IsDirty && _policy.IsDue(Report.Steps)) await TryCheckpointAsync();
        }
    }

    /// <summary>Cuts chunks off the segments.</summary>
    private List<Segment[]> Take(int count)
    {
        var (chunks, next) = (new List<Segment[]>(count), 0);
        var parts = new List<Segment>();
        while (chunks.Count < count)
        {
            for (var room = ChunkSize; room > 0;)
            {
                var segment = _segments[next];
                var part = segment with { Count = Math.Min(room, segment.Count) };
                parts.Add(part);
                room -= part.Count;
                if (part.Count == segment.Count) next++;
                else _segments[next] = segment with { Start = segment.Start + part.Count, Count = segment.Count - part.Count };
            }

            chunks.Add([.. parts]);
            parts.Clear();
        }

        _segments.RemoveRange(0, next);
        return chunks;
    }

    private void Advance(List<Segment[]> chunks)
    {
        foreach (var segment in chunks.SelectMany(chunk => chunk))
        {
            var last = segment.Start + segment.Count - 1;
            _watermarks.Advance(segment.Batch.Producer, segment.Batch.FirstSequence + last, segment.Batch.FirstOffset + last);
        }

        TrainedOffset = _passed;
    }

    private async Task LearnAsync(List<Segment[]> chunks, CancellationToken stop)
    {
        try
        {
            // They need no slot, unless an encoder must see them. What is learned stays a function of rates and offsets: see Learn.
            if (_encoder is null && chunks.TrueForAll(chunk => chunk.All(segment => segment.Batch.SamplingRate == 0)))
            {
                NotLearned += chunks.Count * ChunkSize;
                return;
            }

            var (begun, before) = (_time.GetTimestamp(), Report);
            var (reports, skipped, encoded) = await _executor.RunAsync(() => Learn(chunks), stop);
            NotLearned += skipped;
            _encoded = encoded;
            foreach (var report in reports)
            {
                Report = report;
                Learned?.Invoke(report);
            }

            _metrics.Learned(before, Report, _time.GetElapsedTime(begun));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The learner may be half changed: it must not be used or written again. The snapshot goes on scoring, the journal keeps the
            // rest.
            Fault = exception;
            Faulted?.Invoke(exception);
        }
    }

    /// <summary>Runs in a slot.</summary>
    private (List<LearnReport> Reports, int Skipped, ReadOnlyMemory<byte> Encoded) Learn(List<Segment[]> chunks)
    {
        var (reports, skipped) = (new List<LearnReport>(chunks.Count), 0);
        var rows = ArrayPool<float>.Shared.Rent(ChunkSize * _features);
        foreach (var chunk in chunks)
        {
            var count = 0;
            foreach (var segment in chunk)
                count += _encoder is null ? Gather(segment, rows, count) : Encode(segment, rows, count, _encoder);
            skipped += ChunkSize - count;
            // Whatever else is in the group: the learner is not shown an empty chunk.
            var last = chunk[^1];
            var next = last.Batch.FirstOffset + last.Start + last.Count;
            if (count > 0) reports.Add(_learner.Learn(rows.AsSpan(0, count * _features), count, next));
        }

        ArrayPool<float>.Shared.Return(rows);
        return (reports, skipped, _encoder?.ToBytes() ?? default(ReadOnlyMemory<byte>));
    }

    private int Gather(Segment segment, float[] rows, int count)
    {
        var before = count;
        var values = MemoryMarshal.Cast<byte, float>(segment.Batch.Features.Span);
        for (var i = segment.Start; i < segment.Start + segment.Count; i++)
            if (Sampling.Learns(_seed, segment.Batch.FirstOffset + i, segment.Batch.SamplingRate))
                values.Slice(i * _features, _features).CopyTo(rows.AsSpan(count++ * _features));
        return count - before;
    }

    /// <summary>Every event goes through the encoder, also one that is not learned: the next ones depend on it.</summary>
    private int Encode(Segment segment, float[] rows, int count, InputEncoder encoder)
    {
        var before = count;
        var raw = RawBatch.Decode(segment.Batch.Features.Span, segment.Batch.Count, encoder.Features);
        for (var i = segment.Start; i < segment.Start + segment.Count; i++)
        {
            var values = raw.Values.Slice(i * encoder.Features, encoder.Features);
            var flags = encoder.Encode(values, raw.Names, raw.Times[i], rows.AsSpan(count * _features, _features));
            var isLearned = !flags.HasFlag(EventFlags.Late)
                && Sampling.Learns(_seed, segment.Batch.FirstOffset + i, segment.Batch.SamplingRate);
            if (isLearned) count++;
        }

        return count - before;
    }

    /// <summary>Events of a batch that are not learned yet.</summary>
    private readonly record struct Segment(TrainingBatch Batch, int Start, int Count);
}
