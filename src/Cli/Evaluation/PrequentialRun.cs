using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Cli.Evaluation;

/// <summary>One pass over a stream: score each event with the snapshot that stands, then learn, as the service does.</summary>
internal sealed class PrequentialRun
{
    private readonly LabelledData _data;
    private readonly IPrequentialLearner _learner;
    private readonly EnergyScorer _scorer = new();

    private PrequentialRun(LabelledData data, IPrequentialLearner learner)
    {
        (_data, _learner) = (data, learner);
        (Scores, PValues) = (new double[data.Count], new double[data.Count]);
        Array.Fill(PValues, 1);
    }

    /// <summary>Scores [n]; 0 before the first snapshot.</summary>
    public double[] Scores { get; }

    /// <summary>P-values [n]; 1 before the first snapshot.</summary>
    public double[] PValues { get; }

    /// <summary>Scores that were not finite; they count as 0.</summary>
    public long NotFinite { get; private set; }

    /// <summary>Anomalies, by label, that the guard let pass.</summary>
    public long FalseAccepts { get; private set; }

    /// <summary>What the learner did.</summary>
    public LearnerCounters Counters => _learner.Counters;

    /// <summary>Runs a stream.</summary>
    /// <param name="data">The events.</param>
    /// <param name="learner">A learner that has seen nothing.</param>
    /// <param name="learned">Called after every chunk with the number of events learned and the snapshot; null for nobody.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The run.</returns>
    public static PrequentialRun Of(
        LabelledData data, IPrequentialLearner learner, Action<int, ModelSnapshot?>? learned, CancellationToken cancellationToken)
    {
        var (run, d, chunk) = (new PrequentialRun(data, learner), data.Features, learner.ChunkSize);
        for (var start = 0; start < data.Count; start += chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(chunk, data.Count - start);
            for (var i = start; i < start + count; i++) run.Score(i);
            // A chunk is learned when it is complete, as in the service.
            if (count < chunk) continue;
            learner.Learn(data.Rows.AsSpan(start * d, count * d), count);
            learned?.Invoke(start + count, learner.Snapshot);
        }

        return run;
    }

    private void Score(int i)
    {
        if (_learner.Snapshot is not { } snapshot) return;
        var score = _scorer.Score(snapshot, _data.Rows.AsSpan(i * _data.Features, _data.Features)).Score;
        if (!double.IsFinite(score))
        {
            NotFinite++;
            return;
        }

        Scores[i] = score;
        if (_data.Anomalies[i] && score <= snapshot.GuardThreshold) FalseAccepts++;
        PValues[i] = snapshot.Calibration.PValue(score);
    }
}
