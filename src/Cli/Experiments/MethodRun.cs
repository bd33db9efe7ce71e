namespace DagmmStream.Cli.Experiments;

/// <summary>What one method found in one sample.</summary>
/// <param name="Method">Name of the method.</param>
/// <param name="Labels">Cluster of each training point.</param>
/// <param name="Mixture">The mixture over x.</param>
internal sealed record MethodRun(string Method, int[] Labels, PlaneMixture Mixture);
