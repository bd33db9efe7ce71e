using System.Text.Json.Serialization;

namespace DagmmStream.Cli.Evaluation;

/// <summary>The figures of an evaluation over seeds.</summary>
internal sealed record BatchResult(
    string Data, string Preset, IReadOnlyList<SeedResult> Seeds, DetectionFigures Mean, DetectionFigures Std,
    IReadOnlyDictionary<string, ControlResult> Controls, FitFailures Failures);

/// <summary>One seed.</summary>
internal sealed record SeedResult(
    int Seed, double? Precision, double? Recall, double? F1, double? RocAuc, double? AveragePrecision, IReadOnlyList<double> Shares,
    int LiveComponents, double? EffectiveComponents, IReadOnlyList<string> Flags, int SkippedSteps, int CholeskyRepairs, string? Failure,
    double Seconds)
{
    [JsonIgnore]
    public DetectionFigures Figures => new(Precision, Recall, F1, RocAuc, AveragePrecision);
}

/// <summary>A control on the same splits.</summary>
internal sealed record ControlResult(DetectionFigures Mean, DetectionFigures Std);

/// <summary>Runs that ended with a value that is not finite, covariances that could not be factorised, fits that collapsed.</summary>
/// <param name="Nan">Runs without a usable model.</param>
/// <param name="Cholesky">Covariances that had to be repaired.</param>
/// <param name="Collapsed">Runs with one effective component; each is flagged as such.</param>
internal sealed record FitFailures(int Nan, int Cholesky, int Collapsed);
