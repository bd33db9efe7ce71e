namespace DagmmStream.Modeling.Streaming;

/// <summary>One observation of drift.</summary>
/// <param name="Seen">Events seen by then: its time, counted in events.</param>
/// <param name="Kind">What was noticed.</param>
/// <param name="Size">Share of rejected events then less the share of ordinary times; of <see cref="DriftKind.Reconstruction"/> the rise of
/// the mean logistic of <see cref="Scoring.EnergyScore.Reconstruction"/>.</param>
public readonly record struct DriftEvent(long Seen, DriftKind Kind, double Size)
{
    /// <summary>Where the stream stood: offsets below it had been handed over, or left out.</summary>
    /// <value>As the caller of <see cref="StreamLearner.Learn(ReadOnlySpan{float}, int, long)"/> says, else <see cref="Seen"/>.</value>
    public long Offset { get; init; } = Seen;
}
