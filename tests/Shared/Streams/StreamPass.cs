using DagmmStream.Modeling.Evaluation;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Tests.Shared.Streams;

/// <summary>One pass of the Stream preset over a synthetic stream: score with the snapshot that stands, learn full chunks.</summary>
internal sealed class StreamPass
{
    private readonly EnergyScorer _scorer = new();

    private StreamPass(SyntheticKind kind, ulong seed)
    {
        Stream = SyntheticStream.Create(kind, seed);
        Scores = new double[Stream.Count];
        Learner = new StreamLearner(
            ModelSpec.Stream(SyntheticStream.Features), LearnerOptions.Stream, new SimdTrainingEngine(), seed);
    }

    /// <summary>The stream.</summary>
    public SyntheticStream Stream { get; }

    /// <summary>Scores [n]; 0 before the first snapshot.</summary>
    public double[] Scores { get; }

    /// <summary>The learner, after its last chunk.</summary>
    public StreamLearner Learner { get; }

    /// <summary>Snapshot before the stream's event of interest; null when there is none.</summary>
    public ModelSnapshot? Before { get; private set; }

    /// <summary>Snapshot after it.</summary>
    public ModelSnapshot? After { get; private set; }

    /// <summary>Area under the ROC curve after the first tenth.</summary>
    public double RocAuc => RankingMetrics.RocAuc(Scores.AsSpan(Stream.Count / 10), Stream.Anomalies.AsSpan(Stream.Count / 10));

    /// <summary>Runs a pass.</summary>
    public static StreamPass Run(SyntheticKind kind, ulong seed)
    {
        var pass = new StreamPass(kind, seed);
        var chunk = pass.Learner.Options.ChunkSize;
        for (var start = 0; start < pass.Stream.Count; start += chunk) pass.Take(start, Math.Min(chunk, pass.Stream.Count - start));
        return pass;
    }

    /// <summary>Scores rows with one snapshot.</summary>
    public double[] Score(ModelSnapshot snapshot, float[] rows)
    {
        var scores = new double[rows.Length / SyntheticStream.Features];
        for (var i = 0; i < scores.Length; i++)
            scores[i] = _scorer.Score(snapshot, rows.AsSpan(i * SyntheticStream.Features, SyntheticStream.Features)).Score;
        return scores;
    }

    private void Take(int start, int count)
    {
        var rows = Stream.Rows.AsSpan(start * SyntheticStream.Features, count * SyntheticStream.Features);
        if (Learner.Snapshot is { } snapshot) Score(snapshot, rows.ToArray()).CopyTo(Scores, start);
        if (count == Learner.Options.ChunkSize) Learner.Learn(rows, count);
        if (start + count <= Stream.Start) Before = Learner.Snapshot;
        if (start + count >= Stream.End) After ??= Learner.Snapshot;
    }
}
