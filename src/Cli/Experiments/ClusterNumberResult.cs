namespace DagmmStream.Cli.Experiments;

/// <summary>How well the number of clusters was chosen.</summary>
/// <param name="Components">Components given.</param>
/// <param name="Seeds">Samples per number of clusters.</param>
/// <param name="Rows">By number of true clusters.</param>
internal sealed record ClusterNumberResult(int Components, int Seeds, IReadOnlyList<ClusterNumberRow> Rows);

/// <summary>One number of true clusters; means over the samples.</summary>
/// <param name="Clusters">True clusters.</param>
/// <param name="Right">Samples in which exactly so many components were chosen.</param>
/// <param name="Chosen">Components chosen.</param>
/// <param name="Ari">Adjusted Rand index of the chosen mixture.</param>
/// <param name="Gap">Held-out log-likelihood of the truth minus that of the chosen mixture, nats per point.</param>
/// <param name="SurplusGap">The same with all components kept: what surplus ones cost the density.</param>
/// <param name="SurplusLive">Components with at least 1 % of the points when all are kept.</param>
/// <param name="StreamLive">Components with at least 1 % of the window when surplus ones die on a stream; mean over members.</param>
/// <param name="StreamCost">Mean energy of held-out points then, minus that with all components kept, nats per point.</param>
internal sealed record ClusterNumberRow(
    int Clusters, int Right, double Chosen, double? Ari, double? Gap, double? SurplusGap, double? SurplusLive, double? StreamLive,
    double? StreamCost);
