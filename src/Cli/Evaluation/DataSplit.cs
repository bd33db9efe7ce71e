using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Cli.Evaluation;

/// <summary>
/// DAGMM's own protocol (Zong et al. 2018, section 4.2): a random half for training, its normal rows only; the other half is the test.
/// </summary>
/// <param name="Training">Normal rows of the first half.</param>
/// <param name="Test">All rows of the second half.</param>
internal sealed record DataSplit(int[] Training, int[] Test)
{
    public static DataSplit Of(LabelledData data, int seed)
    {
        var order = Enumerable.Range(0, data.Count).ToArray();
        var random = new CounterRandom((ulong)seed, RandomPurpose.Sampling, ulong.MaxValue);
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.NextInt32(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return new DataSplit([.. order[..(data.Count / 2)].Where(i => !data.Anomalies[i])], order[(data.Count / 2)..]);
    }
}
