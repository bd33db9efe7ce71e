using System.Buffers;
using System.Runtime.InteropServices;
using DagmmStream.Grains.Decisions;
using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Grains.Partitions;

/// <summary>Scores events on the grain's turn with the current snapshot: no tensor, no allocation but the reply's rows.</summary>
internal sealed class PartitionScorer(ParameterLayout layout, PartitionDecision decision)
{
    private readonly EnergyScorer _scorer = new();

    /// <summary>The snapshot that scores; null while warming up. One reference, swapped on the grain's turn.</summary>
    public ModelSnapshot? Snapshot { get; set; }

    /// <summary>Gives energies while there is no other; no verdict is based on it.</summary>
    public ModelSnapshot? Provisional { get; set; }

    /// <summary>Input columns d.</summary>
    public int Width => layout.Spec.Features;

    /// <summary>Scores the events of a batch from a position on.</summary>
    /// <param name="batch">A validated batch.</param>
    /// <param name="start">First event to score.</param>
    /// <param name="firstOffset">Offset of that event.</param>
    /// <param name="inputs">What the model is given for them.</param>
    /// <param name="rows">Receives one encoded row per scored event.</param>
    /// <returns>How many are anomalous.</returns>
    public int Score(EventBatch batch, int start, long firstOffset, in AdmittedInputs inputs, Span<byte> rows)
    {
        var (width, count, snapshot) = (Width, batch.Count - start, Snapshot ?? Provisional);
        var values = MemoryMarshal.Cast<byte, float>(inputs.Rows.Span);
        var energies = ArrayPool<EnergyScore>.Shared.Rent(count);
        if (snapshot is not null) _scorer.Score(snapshot, values, count, energies);

        var anomalies = 0;
        for (var i = 0; i < count; i++)
        {
            var time = EventTimes.Read(batch, start + i);
            var flags = inputs.Flags.Length == 0 ? EventFlags.None : inputs.Flags[i];
            if (batch.Marks is { } marks && ((EventMarks)marks[start + i]).HasFlag(EventMarks.BackFill)) flags |= EventFlags.BackFilled;
            var (offset, sequence) = (firstOffset + i, batch.FirstSequence + start + i);
            var score = snapshot is null
                ? Unscored(offset, time, sequence, flags)
                : Judge(snapshot, energies[i], values.Slice(i * width, width), new(offset, time, sequence, flags), isCounted: true);
            if (score.Verdict == Verdict.Anomalous) anomalies++;
            ScoreBlock.Write(score, rows[(i * ScoreBlock.RowBytes)..]);
        }

        ArrayPool<EnergyScore>.Shared.Return(energies);
        return anomalies;
    }

    /// <summary>Scores one event that is not pushed.</summary>
    public EventScore Score(ReadOnlySpan<float> features, long offset, long time, long sequence, EventFlags flags = EventFlags.None) =>
        (Snapshot ?? Provisional) is { } snapshot
            ? Judge(snapshot, _scorer.Score(snapshot, features), features, new(offset, time, sequence, flags), isCounted: false)
            : Unscored(offset, time, sequence, flags);

    private static EventScore Unscored(long offset, long time, long sequence, EventFlags flags) =>
        new(offset, time, sequence, double.NaN, double.NaN, 1, Verdict.WarmingUp, 0, flags);

    private EventScore Judge(ModelSnapshot snapshot, EnergyScore score, ReadOnlySpan<float> features, EventPlace place, bool isCounted)
    {
        if (Snapshot is null)
        {
            return new EventScore(
                place.Offset, place.Time, place.Sequence, score.Energy, score.Score, 1, Verdict.WarmingUp, 0,
                place.Flags | EventFlags.Provisional);
        }

        var pValue = snapshot.Calibration.PValue(score.Score);
        var (verdict, flags) = decision.Decide(snapshot, score, pValue, features, place.Flags, isCounted);
        return new EventScore(
            place.Offset, place.Time, place.Sequence, score.Energy, score.Score, pValue, verdict, snapshot.Version, flags);
    }

    /// <summary>What is known of an event before it is scored.</summary>
    private readonly record struct EventPlace(long Offset, long Time, long Sequence, EventFlags Flags);
}
