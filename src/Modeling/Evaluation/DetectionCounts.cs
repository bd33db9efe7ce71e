namespace DagmmStream.Modeling.Evaluation;

/// <summary>Verdicts against known labels, counted.</summary>
/// <param name="TruePositives">Anomalies called anomalous.</param>
/// <param name="FalsePositives">Normal events called anomalous.</param>
/// <param name="FalseNegatives">Anomalies called normal.</param>
/// <param name="TrueNegatives">Normal events called normal.</param>
public readonly record struct DetectionCounts(long TruePositives, long FalsePositives, long FalseNegatives, long TrueNegatives)
{
    /// <summary>Share of the events called anomalous that are anomalies; NaN when none was called so.</summary>
    public double Precision => Ratio(TruePositives, TruePositives + FalsePositives);

    /// <summary>Share of the anomalies that were called anomalous; NaN when there is none.</summary>
    public double Recall => Ratio(TruePositives, TruePositives + FalseNegatives);

    /// <summary>Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN); NaN when there is neither anomaly nor alarm.</summary>
    public double F1 => Ratio(2 * TruePositives, (2 * TruePositives) + FalsePositives + FalseNegatives);

    /// <summary>Counts one more event.</summary>
    /// <param name="called">True if the event was called anomalous.</param>
    /// <param name="anomaly">True if it is an anomaly.</param>
    /// <returns>The new counts.</returns>
    public DetectionCounts Add(bool called, bool anomaly) => (called, anomaly) switch
    {
        (true, true) => this with { TruePositives = TruePositives + 1 },
        (true, false) => this with { FalsePositives = FalsePositives + 1 },
        (false, true) => this with { FalseNegatives = FalseNegatives + 1 },
        (false, false) => this with { TrueNegatives = TrueNegatives + 1 },
    };

    private static double Ratio(long part, long whole) => whole == 0 ? double.NaN : (double)part / whole;
}
