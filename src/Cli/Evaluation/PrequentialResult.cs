namespace DagmmStream.Cli.Evaluation;

/// <summary>The figures of one file, over seeds.</summary>
/// <param name="File">Name of the file, or of the synthetic stream.</param>
/// <param name="N">Events.</param>
/// <param name="D">Features of an event.</param>
/// <param name="Anomalies">Anomalies among the events that are judged.</param>
/// <param name="RocAuc">Area under the ROC curve after the warm-up.</param>
/// <param name="AveragePrecision">Average precision after the warm-up.</param>
/// <param name="EventsPerSecond">Events scored and learned per second, one after the other.</param>
/// <param name="WarmUp">Events at the start that are not judged.</param>
/// <param name="Published">Snapshots published, mean of the seeds.</param>
/// <param name="RejectedByGuard">Events the guard kept from being learned.</param>
/// <param name="FalseAccepts">Anomalies, by label, that the guard let pass.</param>
/// <param name="Drifts">Changes noticed: suspected, ended, broken or accepted.</param>
/// <param name="Failures">What went wrong numerically, sum of the seeds.</param>
/// <param name="Ks">Kolmogorov–Smirnov distance of the normal events' p-values from uniform.</param>
/// <param name="AlarmRates">Share of normal events at or below a p-value of 0.1 % and 1 %.</param>
/// <param name="Checks">Figures that only a synthetic stream has.</param>
/// <param name="Controls">Simple detectors on the same events.</param>
internal sealed record PrequentialResult(
    string File, int N, int D, int Anomalies, PrequentialSpread RocAuc, PrequentialSpread AveragePrecision, double EventsPerSecond,
    int WarmUp, double Published, double RejectedByGuard, double FalseAccepts, double Drifts, PrequentialFailures Failures, double? Ks,
    PrequentialAlarmRates AlarmRates, IReadOnlyDictionary<string, PrequentialSpread> Checks,
    IReadOnlyDictionary<string, PrequentialControl> Controls);

/// <summary>Mean and population standard deviation over the seeds; null where there is no value.</summary>
internal sealed record PrequentialSpread(double? Mean, double? Std)
{
    public static PrequentialSpread Of(IEnumerable<double?> values)
    {
        var spread = Spread.Of(values);
        return new PrequentialSpread(spread.Mean, spread.Deviation);
    }
}

/// <summary>Several files: a row each, and the mean of the rows.</summary>
internal sealed record PrequentialResults(IReadOnlyList<PrequentialResult> Files, PrequentialMean Mean);

/// <summary>Mean over files.</summary>
internal sealed record PrequentialMean(
    double? RocAuc, double? AveragePrecision, IReadOnlyDictionary<string, PrequentialControl> Controls);

/// <summary>A simple detector's figures; means over the seeds where it has any.</summary>
internal sealed record PrequentialControl(double? RocAuc, double? AveragePrecision);

/// <summary>Share of normal events that a target alarm rate would have flagged.</summary>
/// <param name="Permille">At a target of 0.1 %.</param>
/// <param name="Percent">At a target of 1 %.</param>
internal sealed record PrequentialAlarmRates(double? Permille, double? Percent);

/// <summary>Numerical failures.</summary>
/// <param name="Nan">Scores that are not finite.</param>
/// <param name="SkippedSteps">Training steps skipped.</param>
/// <param name="FailedPublishes">Publishes that kept the old snapshot.</param>
/// <param name="Cholesky">Covariances that were repaired.</param>
internal sealed record PrequentialFailures(long Nan, long SkippedSteps, long FailedPublishes, long Cholesky);
