using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Fitting;

/// <summary>k-means++ (Arthur and Vassilvitskii 2007) with Lloyd's rounds: start of expectation-maximisation, and a baseline.</summary>
public static class KMeansStart
{
    /// <summary>Lloyd rounds at most.</summary>
    public const int MaximumRounds = 30;

    /// <summary>Clusters rows.</summary>
    /// <param name="rows">Rows [n, d], row-major.</param>
    /// <param name="count">n, at least 1.</param>
    /// <param name="dimension">d.</param>
    /// <param name="clusters">Clusters K.</param>
    /// <param name="random">Random numbers.</param>
    /// <returns>Cluster of each row [n] and the sum of squared distances to the centres.</returns>
    public static (int[] Assignments, double Inertia) Cluster(
        ReadOnlySpan<double> rows, int count, int dimension, int clusters, ref CounterRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(clusters, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * dimension, nameof(rows));
        var centres = PlusPlus(rows, count, dimension, clusters, ref random);
        var assignments = new int[count];
        var inertia = Assign(rows, centres, dimension, assignments, out _);
        for (var round = 1; round < MaximumRounds; round++)
        {
            Move(rows, centres, dimension, assignments);
            inertia = Assign(rows, centres, dimension, assignments, out var changed);
            if (!changed) break;
        }

        return (assignments, inertia);
    }

    private static double[] PlusPlus(ReadOnlySpan<double> rows, int count, int dimension, int clusters, ref CounterRandom random)
    {
        var (centres, distances) = (new double[clusters * dimension], new double[count]);
        Array.Fill(distances, double.PositiveInfinity);
        var chosen = random.NextInt32(count);
        for (var k = 0; k < clusters; k++)
        {
            var centre = rows.Slice(chosen * dimension, dimension);
            centre.CopyTo(centres.AsSpan(k * dimension));
            var total = 0.0;
            for (var i = 0; i < count; i++)
                total += distances[i] = Math.Min(distances[i], Distance(rows.Slice(i * dimension, dimension), centre));
            chosen = total > 0 ? Draw(distances, total * random.NextDouble()) : random.NextInt32(count);
        }

        return centres;
    }

    private static int Draw(double[] weights, double target)
    {
        for (var i = 0; i < weights.Length; i++)
        {
            target -= weights[i];
            if (target < 0) return i;
        }

        return Array.FindLastIndex(weights, weight => weight > 0);
    }

    private static double Assign(ReadOnlySpan<double> rows, double[] centres, int dimension, int[] assignments, out bool changed)
    {
        changed = false;
        var inertia = 0.0;
        for (var i = 0; i < assignments.Length; i++)
        {
            var row = rows.Slice(i * dimension, dimension);
            var (best, nearest) = (0, double.PositiveInfinity);
            for (var at = 0; at < centres.Length; at += dimension)
            {
                var distance = Distance(row, centres.AsSpan(at, dimension));
                if (distance < nearest) (best, nearest) = (at / dimension, distance);
            }

            changed |= assignments[i] != best;
            assignments[i] = best;
            inertia += nearest;
        }

        return inertia;
    }

    /// <summary>Centres to the means of their rows; one without rows stays.</summary>
    private static void Move(ReadOnlySpan<double> rows, double[] centres, int dimension, int[] assignments)
    {
        var (sums, counts) = (new double[centres.Length], new int[centres.Length / dimension]);
        for (var i = 0; i < assignments.Length; i++)
        {
            counts[assignments[i]]++;
            for (var j = 0; j < dimension; j++) sums[(assignments[i] * dimension) + j] += rows[(i * dimension) + j];
        }

        for (var at = 0; at < centres.Length; at++)
            if (counts[at / dimension] > 0) centres[at] = sums[at] / counts[at / dimension];
    }

    private static double Distance(ReadOnlySpan<double> left, ReadOnlySpan<double> right)
    {
        var sum = 0.0;
        for (var j = 0; j < left.Length; j++) sum += (left[j] - right[j]) * (left[j] - right[j]);
        return sum;
    }
}
