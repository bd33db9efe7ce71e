using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Explanation;

namespace DagmmStream.Grains.Explanations;

/// <summary>Turns what is known of the model's columns into what a user calls features.</summary>
internal static class FeatureExplanations
{
    /// <summary>One explanation per feature, then per calendar feature.</summary>
    public static FeatureExplanation[] Of(PartitionInputs inputs, ReadOnlySpan<float> row, ModelExplanation model)
    {
        var features = inputs.Columns.All;
        var explained = new FeatureExplanation[features.Length];
        for (var f = 0; f < features.Length; f++)
        {
            var feature = features[f];
            var share = inputs.Columns.ColumnsOf(feature).Sum(column => model.ErrorShares[column]);
            explained[f] = feature.Type.Kind switch
            {
                FeatureKind.Categorical => Category(inputs, f, feature, row, model.Expected, share),
                FeatureKind.Cyclic => Cycle(feature, row, model.Expected, share),
                _ => Number(feature.Name, row[feature.Start], model.Expected[feature.Start], share),
            };
        }

        return explained;
    }

    private static FeatureExplanation Number(string name, double value, double expected, double share) =>
        new(name, value, expected, value - expected, share);

    // The short way round the circle.
    private static FeatureExplanation Cycle(FeatureColumns feature, ReadOnlySpan<float> row, double[] expected, double share)
    {
        var period = feature.Type.Period;
        double Angle(double sine, double cosine) => (Math.Atan2(sine, cosine) / (2 * Math.PI) * period + period) % period;
        var value = Angle(row[feature.Start], row[feature.Start + 1]);
        var likely = Angle(expected[feature.Start], expected[feature.Start + 1]);
        return new FeatureExplanation(feature.Name, value, likely, Math.IEEERemainder(value - likely, period), share);
    }

    // A category's value is the weight of its column, 1; expected is the weight that the reconstruction gives this column.
    private static FeatureExplanation Category(
        PartitionInputs inputs, int f, FeatureColumns feature, ReadOnlySpan<float> row, double[] expected, double share)
    {
        var (own, likeliest) = (0, 0);
        for (var i = 1; i < feature.Width; i++)
        {
            if (row[feature.Start + i] > row[feature.Start + own]) own = i;
            if (expected[feature.Start + i] > expected[feature.Start + likeliest]) likeliest = i;
        }

        return Number(feature.Name, row[feature.Start + own], expected[feature.Start + own], share) with
        {
            ValueText = inputs.NameOf(f, own) ?? "(other)", ExpectedText = inputs.NameOf(f, likeliest) ?? "(other)",
        };
    }
}
