using System.Buffers;
using System.Runtime.CompilerServices;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Statistics;

/// <summary>
/// A mergeable sketch of a distribution that is exact where it matters, at the upper end: a t-digest (Dunning and Ertl 2019) whose
/// clusters hold at most a share 1/<see cref="Resolution"/> of what lies above them, so that the number of values above any value is
/// known to about half that share of itself, a p-value of 1e-3 as well as one of 0.3. Some 190 clusters for 4,096 values, 32 more for
/// every e-fold. Deterministic: values are clustered from the highest down. Merging is commutative, and has the empty digest as identity,
/// bit for bit; it is associative within that error. Immutable.
/// </summary>
internal sealed class QuantileDigest
{
    /// <summary>So many of the highest values are kept as they are; a cluster is this part of what is above it.</summary>
    public const int Resolution = 32;

    // More than a stream of 2^53 values needs.
    private const int MaximumClusters = 2048;

    // Ascending; beside each its values.
    private readonly double[] _means;
    private readonly double[] _weights;

    // Half of these and all above; most digests are merged and never asked.
    private double[]? _above;

    private QuantileDigest(double[] means, double[] weights)
    {
        (_means, _weights) = (means, weights);
        foreach (var weight in weights) Count += weight;
    }

    /// <summary>The digest of nothing.</summary>
    public static QuantileDigest Empty { get; } = new([], []);

    /// <summary>Values seen.</summary>
    public double Count { get; }

    /// <summary>Means of the clusters, ascending.</summary>
    public ReadOnlySpan<double> Means => _means;

    /// <summary>Values in each cluster.</summary>
    public ReadOnlySpan<double> Weights => _weights;

    private double[] Above => Volatile.Read(ref _above) ?? CreateAbove();

    /// <summary>Digests values.</summary>
    /// <param name="values">Finite values in any order; copied.</param>
    public static QuantileDigest Of(ReadOnlySpan<double> values)
    {
        var rented = ArrayPool<double>.Shared.Rent(2 * values.Length);
        Span<double> sorted = rented.AsSpan(0, values.Length), weights = rented.AsSpan(values.Length, values.Length);
        values.CopyTo(sorted);
        sorted.Sort();
        weights.Fill(1);
        var digest = Cluster(sorted, weights);
        ArrayPool<double>.Shared.Return(rented);
        return digest;
    }

    /// <summary>The digest of the values of both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static QuantileDigest Merge(QuantileDigest left, QuantileDigest right)
    {
        if (left.Count == 0) return right;
        if (right.Count == 0) return left;
        var length = left._means.Length + right._means.Length;
        var rented = ArrayPool<double>.Shared.Rent(2 * length);
        Span<double> means = rented.AsSpan(0, length), weights = rented.AsSpan(length, length);
        for (var (at, l, r) = (0, 0, 0); at < means.Length; at++)
        {
            var isLeft = r == right._means.Length || (l < left._means.Length && Precedes(left, l, right, r));
            (means[at], weights[at]) = isLeft ? (left._means[l], left._weights[l]) : (right._means[r], right._weights[r]);
            if (isLeft) l++;
            else r++;
        }

        var merged = Cluster(means, weights);
        ArrayPool<double>.Shared.Return(rented);
        return merged;
    }

    /// <summary>
    /// One of several parts that together are this digest. Whole values are dealt out, those of neighbouring clusters in turn, so that
    /// every part has its share of the tail.
    /// </summary>
    /// <param name="part">Number of the part, from 0.</param>
    /// <param name="parts">How many there are.</param>
    public QuantileDigest Deal(int part, int parts)
    {
        var (means, weights) = (new List<double>(), new List<double>());
        for (var i = 0; i < _means.Length; i++)
        {
            var weight = Math.Floor(_weights[i] / parts) + ((part + i) % parts < _weights[i] % parts ? 1 : 0);
            if (weight == 0) continue;
            means.Add(_means[i]);
            weights.Add(weight);
        }

        return new QuantileDigest([.. means], [.. weights]);
    }

    /// <summary>Values above one, those equal to it counted half; between clusters interpolated.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double CountAbove(double value)
    {
        var (at, above) = (Array.BinarySearch(_means, value), Above);
        if (at >= 0)
        {
            // Equal clusters are one: the middle of their weight.
            var (first, last) = (at, at);
            while (first > 0 && _means[first - 1] == value) first--;
            while (last < _means.Length - 1 && _means[last + 1] == value) last++;
            return (above[first] + (_weights[first] / 2) + above[last] - (_weights[last] / 2)) / 2;
        }

        at = ~at;
        if (at == 0) return Count;
        if (at == _means.Length) return 0;
        var share = (value - _means[at - 1]) / (_means[at] - _means[at - 1]);
        return above[at - 1] + (share * (above[at] - above[at - 1]));
    }

    /// <summary>A smallest value with at most so many above it: the inverse of <see cref="CountAbove"/>.</summary>
    /// <param name="count">Values above; -inf comes out at all of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double ValueBelow(double count)
    {
        if (count >= Count) return double.NegativeInfinity;
        var (low, high, above) = (0, _means.Length, Above);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (above[middle] > count) low = middle + 1;
            else high = middle;
        }

        if (low == _means.Length) return Math.BitIncrement(_means[^1]);
        if (low == 0) return _means[0];
        var share = (above[low - 1] - count) / (above[low - 1] - above[low]);
        return Math.Min(_means[low], _means[low - 1] + (share * (_means[low] - _means[low - 1])));
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_means.AsSpan());
        writer.Write(_weights.AsSpan());
    }

    public static QuantileDigest Read(CheckpointReader reader)
    {
        var means = reader.ReadDoubles();
        var weights = reader.ReadDoubles(means.Length);
        if (means.Length > MaximumClusters || means.AsSpan().ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
            throw CheckpointReader.Malformed($"{means.Length} clusters of a digest are too many, or not finite");
        for (var i = 0; i < means.Length; i++)
        {
            if (i > 0 && means[i] < means[i - 1]) throw CheckpointReader.Malformed($"cluster {i} of a digest is not ascending");
            if (!(weights[i] >= 1 && weights[i] <= 1L << 53 && weights[i] == Math.Floor(weights[i])))
                throw CheckpointReader.Malformed($"a cluster of {weights[i]} values is impossible");
        }

        return means.Length == 0 ? Empty : new QuantileDigest(means, weights);
    }

    private double[] CreateAbove()
    {
        var (above, sum) = (new double[_weights.Length], 0.0);
        for (var i = above.Length - 1; i >= 0; i--)
        {
            above[i] = sum + (_weights[i] / 2);
            sum += _weights[i];
        }

        // Two at once make the same; either will do.
        Volatile.Write(ref _above, above);
        return above;
    }

    // At equal means the lighter one first, whichever digest it is from: merging is commutative.
    private static bool Precedes(QuantileDigest left, int l, QuantileDigest right, int r) =>
        left._means[l] < right._means[r] || (left._means[l] == right._means[r] && left._weights[l] <= right._weights[r]);

    /// <summary>Joins neighbours, from the highest down, as long as the cluster is small beside what is above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static QuantileDigest Cluster(Span<double> means, Span<double> weights)
    {
        // Written from the end of the same arrays, which reading has always passed.
        var (at, above, weight, mean) = (means.Length, 0.0, 0.0, 0.0);
        for (var i = means.Length - 1; i >= 0; i--)
        {
            if (weight > 0 && weight + weights[i] > above / Resolution)
            {
                (means[--at], weights[at]) = (mean, weight);
                (above, weight, mean) = (above + weight, 0, 0);
            }

            weight += weights[i];
            // Between the two, whatever the rounding.
            mean = weight == weights[i] ? means[i] : Math.Clamp(mean + ((means[i] - mean) * (weights[i] / weight)), means[i], mean);
        }

        if (weight > 0) (means[--at], weights[at]) = (mean, weight);
        return at == means.Length ? Empty : new QuantileDigest(means[at..].ToArray(), weights[at..].ToArray());
    }
}
