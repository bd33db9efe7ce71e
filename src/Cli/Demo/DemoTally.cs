using DagmmStream.Modeling.Evaluation;

namespace DagmmStream.Cli.Demo;

/// <summary>Verdicts of the demo against the known injections, after the warm-up.</summary>
public sealed class DemoTally
{
    private readonly List<double> _scores = [];
    private readonly List<bool> _labels = [];

    /// <summary>Events seen.</summary>
    public long Events { get; private set; }

    /// <summary>Events that came before the first snapshot.</summary>
    public long WarmUp => Events - _scores.Count;

    /// <summary>Verdicts against injections.</summary>
    public DetectionCounts Counts { get; private set; }

    /// <summary>Area under the ROC curve; NaN without an injected anomaly.</summary>
    public double RocAuc => RankingMetrics.RocAuc(_scores.ToArray(), _labels.ToArray());

    /// <summary>Takes one verdict.</summary>
    /// <param name="score">The verdict.</param>
    /// <param name="injected">True if the event was injected as an anomaly.</param>
    public void Add(in EventScore score, bool injected)
    {
        Events++;
        if (score.Verdict == Verdict.WarmingUp || double.IsNaN(score.Score)) return;
        Counts = Counts.Add(score.Verdict == Verdict.Anomalous, injected);
        _scores.Add(score.Score);
        _labels.Add(injected);
    }
}
