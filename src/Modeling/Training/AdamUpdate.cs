using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training;

/// <summary>
/// Gradient check, clipping and Adam (Kingma and Ba 2015, algorithm 1) on flat arrays; shared by the engines. Every sum runs in one fixed
/// order, so equal gradients give equal bits.
/// </summary>
public static unsafe class AdamUpdate
{
    private const double BiasBase1 = 0.9;
    private const double BiasBase2 = 0.999;
    private const float Beta1 = 0.9f;
    private const float Beta2 = 0.999f;
    private const float Fresh1 = 0.1f;
    private const float Fresh2 = 0.001f;
    private const float Epsilon = 1e-8f;
    private const int Lanes = 16;

    /// <summary>Applies one update, or none at all when a gradient is not finite.</summary>
    /// <param name="state">Weights and moments; <see cref="TrainingState.Updates"/> is advanced when applied.</param>
    /// <param name="gradient">Gradient of the objective, in the order of the layout; scaled in place by clipping.</param>
    /// <param name="options">Learning rate and phase; with <see cref="StepOptions.ReconstructionOnly"/> the estimation network and its
    /// moments
    /// are left alone.</param>
    /// <returns>True if applied.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryApply(TrainingState state, Span<float> gradient, in StepOptions options)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfNotEqual(gradient.Length, state.Layout.Length, nameof(gradient));
        if (gradient.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) return false;
        var layout = state.Layout;
        var (estimationStart, estimationEnd) = EstimationRange(layout);
        var (first, second) = (1 - Math.Pow(BiasBase1, state.Updates + 1), 1 - Math.Pow(BiasBase2, state.Updates + 1));
        for (var member = 0; member < layout.Spec.Members.Length; member++)
        {
            var start = member * layout.MemberLength;
            var own = gradient.Slice(start, layout.MemberLength);
            if (options.ReconstructionOnly) own[estimationStart..estimationEnd].Clear();
            if (layout.Spec.GradientClip > 0) Clip(own, layout.Spec.GradientClip);
            var rate = (options.LearningRate, first, second);
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Move(
        TrainingState state, ReadOnlySpan<float> gradient, int offset, int start, int end,
        (double LearningRate, double First, double Second) rate)
    {
        // w -= lr/first m / (sqrt(v)/sqrt(second) + eps): the bias corrections taken out of the loop leave one division and one root.
        var (step, root) = ((float)(rate.LearningRate / rate.First), (float)(1 / Math.Sqrt(rate.Second)));
        fixed (float* g = gradient, w = &state.Weights[offset], m = &state.FirstMoment[offset], v = &state.SecondMoment[offset])
        {
            var i = start;
            for (; i + Lanes <= end; i += Lanes) Move(g + i, w + i, m + i, v + i, step, root);
            for (; i < end; i++) MoveOne(g[i], ref w[i], ref m[i], ref v[i], step, root);
        }
    }

    /// <summary>Sixteen weights, by the operations of <see cref="MoveOne"/> and in their order: the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Move(float* gradient, float* weights, float* first, float* second, float step, float root)
    {
        var g = Vector512.Load(gradient);
        var m = Vector512.FusedMultiplyAdd(Vector512.Create(Beta1), Vector512.Load(first), Fresh1 * g);
        var v = Vector512.FusedMultiplyAdd(Vector512.Create(Beta2), Vector512.Load(second), Fresh2 * g * g);
        m.Store(first);
        v.Store(second);
        var below = Vector512.FusedMultiplyAdd(Vector512.Sqrt(v), Vector512.Create(root), Vector512.Create(Epsilon));
        (Vector512.Load(weights) - (step * m / below)).Store(weights);
    }

    private static void MoveOne(float gradient, ref float weight, ref float first, ref float second, float step, float root)
    {
        first = MathF.FusedMultiplyAdd(Beta1, first, Fresh1 * gradient);
        second = MathF.FusedMultiplyAdd(Beta2, second, Fresh2 * gradient * gradient);
        weight -= step * first / MathF.FusedMultiplyAdd(MathF.Sqrt(second), root, Epsilon);
    }
}
