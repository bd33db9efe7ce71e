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
        var squares = 0.0;
        foreach (var value in gradient) squares += (double)value * value;
        var factor = limit / (Math.Sqrt(squares) + 1e-9);
        if (factor >= 1) return;
        foreach (ref var value in gradient) value = (float)(value * factor);
    }

    private static void Move(
        TrainingState state, ReadOnlySpan<float> gradient, int offset, int start, int end,
        (double LearningRate, double First, double Second) rate)
    {
        for (var i = start; i < end; i++)
        {
            double g = gradient[i];
            ref var m = ref state.FirstMoment[offset + i];
            ref var v = ref state.SecondMoment[offset + i];
            m = (float)((Beta1 * m) + ((1 - Beta1) * g));
            v = (float)((Beta2 * v) + ((1 - Beta2) * g * g));
            state.Weights[offset + i] -= (float)(rate.LearningRate * (m / rate.First) / (Math.Sqrt(v / rate.Second) + Epsilon));
        }
    }
}
