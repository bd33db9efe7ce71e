using System.Buffers.Binary;
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
        var width = Width;
        var values = MemoryMarshal.Cast<byte, float>(inputs.Rows.Span);
        var anomalies = 0;
        for (var i = start; i < batch.Count; i++)
        {
            var time = BinaryPrimitives.ReadInt64LittleEndian(batch.Times.AsSpan(i * sizeof(long)));
            var flags = inputs.Flags.Length == 0 ? EventFlags.None : inputs.Flags[i - start];
            if (batch.Marks is { } marks && ((EventMarks)marks[i]).HasFlag(EventMarks.BackFill)) flags |= EventFlags.BackFilled;
            var score = Score(
                values.Slice((i - start) * width, width), firstOffset + (i - start), time, batch.FirstSequence + i, flags, isCounted: true);
            if (score.Verdict == Verdict.Anomalous) anomalies++;
            ScoreBlock.Write(score, rows[((i - start) * ScoreBlock.RowBytes)..]);
        }

        return anomalies;
    }

    /// <summary>Scores one event.</summary>
    public EventScore Score(
        ReadOnlySpan<float> features, long offset, long time, long sequence, EventFlags flags = EventFlags.None, bool isCounted = false)
    {
        var snapshot = Snapshot;
        if (snapshot is null) return new EventScore(offset, time, sequence, double.NaN, double.NaN, 1, Verdict.WarmingUp, 0, flags);
        var score = _scorer.Score(snapshot, features);
        var pValue = snapshot.Calibration.PValue(score.Score);
        (var verdict, flags) = decision.Decide(snapshot, score, pValue, features, flags, isCounted);
        return new EventScore(offset, time, sequence, score.Energy, score.Score, pValue, verdict, snapshot.Version, flags);
    }
}
