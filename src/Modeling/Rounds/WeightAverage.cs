using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Rounds;

/// <summary>
/// Mean of training states by sample counts (McMahan et al. 2017, algorithm 1), with Adam's moments and its t, in double. Mergeable and
/// immutable; states without samples count for nothing, unless there are no others.
/// </summary>
internal sealed class WeightAverage
{
    private readonly double[] _values;
    private readonly double _updates;

    private WeightAverage(long samples, double[] values, double updates) => (Samples, _values, _updates) = (samples, values, updates);

    /// <summary>Events that the states were trained on since they were last equal.</summary>
    public long Samples { get; }

    /// <summary>The average of one state.</summary>
    /// <param name="state">Weights and moments; copied.</param>
    /// <param name="samples">Events it was trained on since the last average.</param>
    public static WeightAverage Of(TrainingState state, long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        var (n, values) = (state.Weights.Length, new double[3 * state.Weights.Length]);
        for (var i = 0; i < n; i++)
            (values[i], values[n + i], values[(2 * n) + i]) = (state.Weights[i], state.FirstMoment[i], state.SecondMoment[i]);
        return new WeightAverage(samples, values, state.Updates);
    }

    /// <summary>The average of the union of two sets of states.</summary>
    /// <exception cref="ArgumentException">The models have different numbers of parameters.</exception>
    public static WeightAverage Merge(WeightAverage left, WeightAverage right)
    {
        if (left._values.Length != right._values.Length)
        {
            throw new ArgumentException(
                $"{left._values.Length / 3} parameters cannot be averaged with {right._values.Length / 3}", nameof(right));
        }

        if (right.Samples == 0) return left;
        if (left.Samples == 0) return right;
        var (samples, values) = (left.Samples + right.Samples, new double[left._values.Length]);
        var share = (double)right.Samples / samples;
        for (var i = 0; i < values.Length; i++) values[i] = left._values[i] + (share * (right._values[i] - left._values[i]));
        return new WeightAverage(samples, values, left._updates + (share * (right._updates - left._updates)));
    }

    /// <summary>The averaged state.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="seed">Key of its randomness.</param>
    public TrainingState ToState(ParameterLayout layout, ulong seed)
    {
        var n = layout.Length;
        float[] Part(int index) => Array.ConvertAll(_values[(index * n)..((index + 1) * n)], value => (float)value);
        var updates = (long)Math.Round(_updates);
        return new TrainingState(layout, Part(0), Part(1), Part(2), seed, updates, updates);
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(Samples);
        writer.Write(_updates);
        writer.Write((ReadOnlySpan<double>)_values);
    }

    /// <exception cref="CheckpointException">A value is impossible.</exception>
    public static WeightAverage Read(CheckpointReader reader)
    {
        var (samples, updates, values) = (reader.ReadInt64(), reader.ReadDouble(), reader.ReadDoubles());
        if (samples < 0 || !(updates >= 0) || values.Length % 3 != 0)
            throw CheckpointReader.Malformed($"an average of {values.Length} values over {samples} events is impossible");
        return new WeightAverage(samples, values, updates);
    }
}
