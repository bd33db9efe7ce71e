using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Bench.Kernels;

internal static class Data
{
    /// <summary>Rows of two clusters with a few heavy tails [rows, features].</summary>
    public static float[] Rows(int rows, int features)
    {
        var random = new CounterRandom(5, RandomPurpose.Batch, 0);
        var values = new float[rows * features];
        for (var i = 0; i < rows; i++)
        {
            var centre = random.NextDouble() < 0.3 ? -1.0 : 0.6;
            var scale = random.NextDouble() < 0.01 ? 4 : 0.5;
            for (var j = 0; j < features; j++)
                values[(i * features) + j] = (float)((j % 2 == 0 ? centre : -centre) + (scale * random.NextGaussian()));
        }

        return values;
    }
}
