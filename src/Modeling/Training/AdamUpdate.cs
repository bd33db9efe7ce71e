using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>
/// Gradient check, clipping and Adam (Kingma and Ba 2015, algorithm 1) on flat arrays; shared by the engines. Every sum runs in one fixed
/// order, so equal gradients give equal bits.
/// </summary>
public static class AdamUpdate
{
    private const double Beta1 = 0.9;
    private const double Beta2 = 0.999;
    private const double Epsilon = 1e-8;
    private const int Lanes = 16;

    /// <summary>Applies one update, or none at all when a gradient is not finite.</summary>
    /// <param name="state">Weights and moments; <see cref="TrainingState.Updates"/> is advanced when applied.</param>
    /// <param name="gradient">Gradient of the objective, in the order of the layout; scaled in place by clipping.</param>
    /// <param name="options">Learning rate and phase; with <see cref="StepOptions.ReconstructionOnly"/> the estimation network and its
    /// moments
    /// are left alone.</param>
    /// <returns>True if applied.</returns>
    public static bool TryApply(TrainingState state, Span<float> gradient, in StepOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, state.Layout.Length, nameof(gradient));
        if (gradient.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return false;
        var layout = state.Layout;
        var (estimationStart, estimationEnd) = EstimationRange(layout);
        var (first, second) = (1 - Math.Pow(Beta1, state.Updates + 1), 1 - Math.Pow(Beta2, state.Updates + 1));
        for (var member = 0; member < layout.Spec.Members.Length; member++)
        {
            var start = member * layout.MemberLength;
            var own = gradient.Slice(start, layout.MemberLength);
            if (options.ReconstructionOnly) own[estimationStart..estimationEnd].Clear();
            if (layout.Spec.GradientClip > 0) Clip(own, layout.Spec.GradientClip);
            var rate = new Rate(options.LearningRate, first, second);
            if (!options.ReconstructionOnly)
            {
                Move(state, own, start, 0, layout.MemberLength, rate);
                continue;
            }

            Move(state, own, start, 0, estimationStart, rate);
            Move(state, own, start, estimationEnd, layout.MemberLength, rate);
        }

        state.Updates++;
        return true;
    }

    private static (int Start, int End) EstimationRange(ParameterLayout layout)
    {
        var last = layout.Estimation[^1];
        return (layout.Estimation[0].WeightOffset, last.BiasOffset + last.Outputs);
    }

    private static void Clip(Span<float> gradient, double limit)
    {
        var factor = limit / (Math.Sqrt(SumOfSquares(gradient)) + 1e-9);
        if (factor >= 1) return;
        foreach (ref var value in gradient) value = (float)(value * factor);
    }

    /// <summary>In double on sixteen lanes, the rest one by one: an order of its own, but always the same.</summary>
    private static double SumOfSquares(ReadOnlySpan<float> values)
    {
        var (lower, upper, at) = (Vector512<double>.Zero, Vector512<double>.Zero, 0);
        for (; at + Lanes <= values.Length; at += Lanes)
        {
            var (a, b) = Vector512.Widen(Vector512.Create(values.Slice(at, Lanes)));
            (lower, upper) = (lower + (a * a), upper + (b * b));
        }

        var sum = Vector512.Sum(lower + upper);
        foreach (var value in values[at..]) sum += (double)value * value;
        return sum;
    }

    private static void Move(
        TrainingState state, ReadOnlySpan<float> gradient, int offset, int start, int end, in Rate rate)
    {
        var weights = state.Weights.AsSpan(offset);
        var first = state.FirstMoment.AsSpan(offset);
        var second = state.SecondMoment.AsSpan(offset);
        var i = start;
        for (; i + Lanes <= end; i += Lanes)
        {
            var g = Vector512.Create(gradient.Slice(i, Lanes));
            Move(g, weights.Slice(i, Lanes), first.Slice(i, Lanes), second.Slice(i, Lanes), rate);
        }

        for (; i < end; i++)
        {
            double g = gradient[i];
            ref var m = ref first[i];
            ref var v = ref second[i];
            m = (float)((Beta1 * m) + ((1 - Beta1) * g));
            v = (float)((Beta2 * v) + ((1 - Beta2) * g * g));
            weights[i] -= (float)(rate.LearningRate * (m / rate.First) / (Math.Sqrt(v / rate.Second) + Epsilon));
        }
    }

    /// <summary>Sixteen weights, by the operations of the loop for one and in their order: the same bits.</summary>
    private static void Move(
        Vector512<float> gradient, Span<float> weights, Span<float> first, Span<float> second, in Rate rate)
    {
        var (g0, g1) = Vector512.Widen(gradient);
        var (m0, m1) = Vector512.Widen(Vector512.Create<float>(first));
        var (v0, v1) = Vector512.Widen(Vector512.Create<float>(second));
        var m = Vector512.Narrow((Beta1 * m0) + ((1 - Beta1) * g0), (Beta1 * m1) + ((1 - Beta1) * g1));
        var v = Vector512.Narrow((Beta2 * v0) + ((1 - Beta2) * g0 * g0), (Beta2 * v1) + ((1 - Beta2) * g1 * g1));
        m.CopyTo(first);
        v.CopyTo(second);
        (m0, m1) = Vector512.Widen(m);
        (v0, v1) = Vector512.Widen(v);
        (Vector512.Create<float>(weights) - Vector512.Narrow(Change(m0, v0, rate), Change(m1, v1, rate))).CopyTo(weights);
    }

    private static Vector512<double> Change(Vector512<double> m, Vector512<double> v, in Rate rate) =>
        rate.LearningRate * (m / rate.First) / (Vector512.Sqrt(v / rate.Second) + Vector512.Create(Epsilon));

    /// <summary>Learning rate and both bias corrections of one update.</summary>
    private readonly record struct Rate(double LearningRate, double First, double Second);
}
