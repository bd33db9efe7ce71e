using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Explanation;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Storage.Scores;
using Orleans.Serialization;

namespace DagmmStream.Grains.Explanations;

/// <summary>Explains the events of one partition in terms of its stream's features. Used on the grain's turn only.</summary>
/// <param name="inputs">What the model's columns stand for.</param>
/// <param name="serializer">The byte form in which explanations are kept: that of the wire, which later versions read too.</param>
internal sealed class PartitionExplainer(PartitionInputs inputs, Serializer<EventExplanation> serializer)
{
    private readonly EventExplainer _explainer = new();

    /// <summary>Explains one score.</summary>
    /// <param name="snapshot">The snapshot that gave it.</param>
    /// <param name="score">The score.</param>
    /// <param name="row">What the model was given [d].</param>
    public EventExplanation Explain(ModelSnapshot snapshot, in EventScore score, ReadOnlySpan<float> row)
    {
        var model = _explainer.Explain(snapshot, row);
        var parts = new EnergyPart[model.Parts.Length];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = new EnergyPart((EnergyPartKind)Math.Min(i, (int)EnergyPartKind.ReconstructionOther), model.Parts[i]);
        return new EventExplanation
        {
            Score = score,
            MedianEnergy = model.MedianEnergy,
            Parts = [.. parts],
            Features = [.. FeatureExplanations.Of(inputs, row, model)],
            Memberships = [.. model.Memberships],
            Members = snapshot.Members.Length,
            Input = [.. row],
        };
    }

    /// <summary>What the model was given for an event that was explained [d].</summary>
    public static float[] RowOf(EventExplanation explanation) => [.. explanation.Input];

    /// <summary>The form in which an explanation is kept.</summary>
    public StoredExplanation Store(EventExplanation explanation) =>
        new(explanation.Score.Offset, explanation.Score.Time, serializer.SerializeToArray(explanation));

    /// <summary>Reads a kept explanation.</summary>
    public EventExplanation Read(StoredExplanation stored) => serializer.Deserialize(stored.Payload)!;
}
