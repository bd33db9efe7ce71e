using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Silo.Streams;

/// <summary>Estimates what a stream will cost.</summary>
internal static class CostEstimator
{
    // Measured with the managed engine on one AVX-512 core: an event is scored at about 2.5 and learned at about 3 multiply-adds per
    // nanosecond, plus what does not depend on the model (admission, the row of the score; the batch's share of a step).
    private const double ScoreOperationsPerMicrosecond = 2500;
    private const double LearnOperationsPerMicrosecond = 3000;
    private const double AdmissionMicroseconds = 0.3;

    // A learned event brings a replayed one with it, and a gradient costs twice what the value does: 2 * 3 passes.
    private const int PassesPerLearnedEvent = 6;

    // Weights, their working copy and anchor, two moments of Adam and the gradient.
    private const int CopiesOfWeights = 6;
    private const int CopiesInCheckpoint = 5;
    private const int JournalRowOverheadPerEvent = 2;
    private const int HistoryRow = 60;

    public static CostEstimate Estimate(StreamDefinition definition)
    {
        definition.Validate();
        var features = definition.Features.Length;
        var (spec, options) = definition.Preset switch
        {
            ModelPreset.Lite => (ModelSpec.Lite(features), LearnerOptions.Lite),
            ModelPreset.Paper => (ModelSpec.Paper(features), LearnerOptions.Paper),
            _ => (ModelSpec.Stream(features), LearnerOptions.Stream),
        };
        var parameters = (long)new ParameterLayout(spec).Length;
        var mixture = (long)spec.Members.Length * spec.Components * spec.LatentDimension * spec.LatentDimension;
        var rowBytes = (long)features * sizeof(float);
        var window = options.WindowCapacity * rowBytes;
        var operations = parameters + (mixture / 2.0);
        return new CostEstimate(
            parameters,
            (parameters * sizeof(float) * CopiesOfWeights) + (mixture * sizeof(double) * 2) + window
                + (definition.TrainingQueueCapacity * rowBytes),
            (parameters * sizeof(float) * CopiesInCheckpoint) + (mixture * sizeof(double) * 2) + window,
            definition.Durability == Durability.InMemory ? 0 : rowBytes + JournalRowOverheadPerEvent,
            HistoryRow,
            Math.Round(AdmissionMicroseconds + (operations / ScoreOperationsPerMicrosecond), 2),
            Math.Round(PassesPerLearnedEvent * operations / LearnOperationsPerMicrosecond, 2),
            options.WarmUp);
    }
}
