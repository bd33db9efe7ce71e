using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Cli.Evaluation;

/// <summary>One pass over a stream: score each event with the snapshot that stands, then learn, as the service does.</summary>
internal sealed class PrequentialRun
{
    private readonly LabelledData _data;
    private readonly IPrequentialLearner _learner;
    private readonly EnergyScorer _scorer = new();
    private readonly EnergyScore[] _batch;

    private PrequentialRun(LabelledData data, IPrequentialLearner learner)
    {
        (_data, _learner, _batch) = (data, learner, new EnergyScore[learner.ChunkSize]);
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
            // Snapshots change between chunks only, and an event gets the same bits alone or in any batch.
            run.Score(start, count);
            // A chunk is learned when it is complete, as in the service.
            if (count < chunk) continue;
            learner.Learn(data.Rows.AsSpan(start * d, count * d), count);
            learned?.Invoke(start + count, learner.Snapshot);
        }

        return run;
    }

    private void Score(int start, int count)
    {
        if (_learner.Snapshot is not { } snapshot) return;
        var rows = _data.Rows.AsSpan(start * _data.Features, count * _data.Features);
        _scorer.Score(snapshot, rows, count, _batch);
        for (var i = 0; i < count; i++) Keep(start + i, _batch[i].Score, snapshot);
    }

    private void Keep(int i, double score, ModelSnapshot snapshot)
    {
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
