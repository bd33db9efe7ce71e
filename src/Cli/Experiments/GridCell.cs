namespace DagmmStream.Cli.Experiments;

/// <summary>One pair of weights of the published objective: means over the seeds that gave a model.</summary>
/// <param name="Lambda1">Weight of the energy.</param>
/// <param name="Lambda2">Weight of the penalty.</param>
/// <param name="Ari">Adjusted Rand index.</param>
/// <param name="W2">Mean 2-Wasserstein distance of matched components.</param>
/// <param name="LiveComponents">Components with at least 1 % of the points.</param>
/// <param name="Failures">Seeds without a usable model.</param>
internal sealed record GridCell(double Lambda1, double Lambda2, double? Ari, double? W2, double? LiveComponents, int Failures);
