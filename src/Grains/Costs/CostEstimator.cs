using DagmmStream.Grains.Partitions;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Grains.Costs;

/// <summary>Estimates what a stream will cost, from its definition alone.</summary>
public static class CostEstimator
{
    // Measured with the managed engine on one AVX-512 core: an event is scored at about 2.5 and learned at about 3 multiply-adds per
    // nanosecond, plus what does not depend on the model (admission, the row of the score; the batch's share of a step).
    private const double ScoreOperationsPerMicrosecond = 2500;
    private const double LearnOperationsPerMicrosecond = 3000;
    private const double AdmissionMicroseconds = 0.3;

    // A learned event brings a replayed one with it, and a gradient costs twice what the value does: 2 * 3 passes.
    private const int PassesPerLearnedEvent = 6;

    // Weights and two moments of Adam; and what a snapshot has, and its anchor: weights, packed for one event and for many.
    private const int CopiesInState = 3;
    private const int CopiesInMemory = 3;

    // Means and weights of the sketches of recent scores: of the snapshot, of its anchor, and two generations.
    private const int SketchBytes = 16 * 1024;

    // Grain, queue, decision, buffers and padding, by measurement (docs/benchmarks/streams.md).
    private const int GrainBytes = 36 * 1024;

    private const int JournalRowOverheadPerEvent = 2;
    private const int HistoryRowOverheadPerEvent = 1;

    /// <summary>Estimates what a stream will cost.</summary>
    /// <param name="definition">The stream.</param>
    /// <returns>The estimate.</returns>
    /// <exception cref="DagmmStreamException">The definition is not valid (<see cref="ErrorCode.InvalidDefinition"/>).</exception>
    public static CostEstimate Estimate(StreamDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        definition.Validate();
        var (spec, options) = PartitionModel.Of(definition);
        var parameters = (long)new ParameterLayout(spec).Length;
        var mixture = (long)spec.Members.Length * spec.Components * spec.LatentDimension * spec.LatentDimension;
        var (eventBytes, rowBytes) = ((long)definition.Features.Length * sizeof(float), (long)spec.Features * sizeof(float));
        var kept = ((options.WindowCapacity + options.QuarantineCapacity) * rowBytes) + (options.RepeatCount * sizeof(uint));
        var snapshots = options.Publish.AnchorWeight > 0 ? 2 : 1;
        var mixtures = snapshots * mixture * sizeof(double);
        var operations = parameters + (mixture / 2.0);
        var weights = parameters * sizeof(float);
        return new CostEstimate(
            parameters,
            (weights * (CopiesInState + (snapshots * CopiesInMemory))) + mixtures + kept + SketchBytes
                + GrainBytes + (EventBatch.MaxEvents * (ScoreBlock.RowBytes + rowBytes)),
            definition.TrainingQueueCapacity * rowBytes,
            (weights * (CopiesInState + snapshots)) + mixtures + kept + SketchBytes,
            definition.Durability == Durability.InMemory ? 0 : eventBytes + JournalRowOverheadPerEvent,
            ScoreBlock.RowBytes + HistoryRowOverheadPerEvent,
            Math.Round(AdmissionMicroseconds + (operations / ScoreOperationsPerMicrosecond), 2),
            Math.Round(PassesPerLearnedEvent * operations / LearnOperationsPerMicrosecond, 2),
            options.WarmUp);
    }
}
