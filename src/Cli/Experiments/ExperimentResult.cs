using System.Text.Json.Serialization;

namespace DagmmStream.Cli.Experiments;

/// <summary>The figures of an experiment over seeds.</summary>
internal sealed record ExperimentResult(string Config, int Components, IReadOnlyList<MethodResult> Methods)
{
    /// <summary>The grid of the published objective's weights, if it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<GridCell>? Grid { get; init; }
}

/// <summary>One method: means over the seeds, and population standard deviations; see <see cref="ExperimentFigures"/>.</summary>
internal sealed record MethodResult(
    string Method, double? Ari, double? Nmi, double? MuRmse, double? SigmaError, double? PhiError, double? W2, double? LogLikelihoodGap,
    double? LiveComponents, ExperimentFigures Std);
