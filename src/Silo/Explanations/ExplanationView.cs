using System.Collections.Immutable;
using DagmmStream.Silo.Scores;

namespace DagmmStream.Silo.Explanations;

/// <summary>Why an event got its energy, as the API shows it.</summary>
/// <param name="Score">The score that is explained; the offset of an event that was only asked about is -1.</param>
/// <param name="MedianEnergy">Energy of a typical event.</param>
/// <param name="Parts">What the energy above or below the median comes from; the parts add up to the difference.</param>
/// <param name="Features">Value, expected value and share of the reconstruction error of every feature, the largest share first.</param>
/// <param name="Memberships">Probability of each component given the event, member by member.</param>
/// <param name="Members">Members of the model.</param>
/// <param name="Input">What the model was given: the features as numbers, with lags and differences.</param>
public sealed record ExplanationView(
    ScoreView Score, double MedianEnergy, ImmutableArray<EnergyPart> Parts, ImmutableArray<FeatureExplanation> Features,
    ImmutableArray<double> Memberships, int Members, ImmutableArray<float> Input)
{
    internal static ExplanationView Of(int partition, EventExplanation explanation) => new(
        ScoreView.Of(partition, explanation.Score), explanation.MedianEnergy, explanation.Parts,
        [.. explanation.Features.OrderByDescending(feature => feature.ErrorShare)], explanation.Memberships, explanation.Members,
        explanation.Input);
}
