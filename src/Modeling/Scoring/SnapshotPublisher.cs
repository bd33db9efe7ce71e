using System.Collections.Immutable;
using DagmmStream.Modeling.Network;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>Publishes snapshots: a pure, deterministic function of weights and window. Thread-safe.</summary>
public static class SnapshotPublisher
{
    private static readonly WorkspacePool<WindowWorkspace> Pool = new();

    /// <summary>Fits scaler, standardisation, mixtures and calibration to a window under given weights, and freezes them.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="weights">Weights [<see cref="ParameterLayout.Length"/>].</param>
    /// <param name="rows">Raw features of the window [n, d], row-major, finite.</param>
    /// <param name="count">Rows n; at least 2, else the result is a failure.</param>
    /// <param name="version">Number of the snapshot.</param>
    /// <param name="options">How to publish.</param>
    /// <param name="anchor">Snapshot whose live score is mixed in; null for none.</param>
    /// <param name="scaler">Scaler to use; null to fit one to the window.</param>
    /// <param name="calibration">Calibration to use; null to take the window's own scores, which are optimistic: the model has learned
    /// them.</param>
    /// <param name="history">Summary of all events, for <see cref="PublishOptions.HistoryWeight"/>; null for none.</param>
    /// <returns>The snapshot, or the reason why a value is not finite.</returns>
    public static PublishResult Publish(
        ParameterLayout layout, ReadOnlySpan<float> weights, ReadOnlySpan<float> rows, int count, long version, PublishOptions options,
        ModelSnapshot? anchor = null, FeatureScaler? scaler = null, Calibration? calibration = null, FeatureScaler? history = null)
    {
        ArgumentNullException.ThrowIfNull(layout);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var features = layout.Spec.Features;
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, layout.Length, nameof(weights));
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Length, count * features, nameof(rows));
        if (count < 2) return new PublishResult(null, $"the window has {count} rows; at least 2 are needed", 0);
        scaler ??= FeatureScaler.Of(rows, count, features, options.ScalerKind);
        var window = Pool.Rent();
        try
        {
            window.Prepare(layout, scaler, rows, count);
            var (members, repairs) = (ImmutableArray.CreateBuilder<MemberSnapshot>(layout.Spec.Members.Length), 0);
            var live = window.Live;
            live.Clear();
            for (var m = 0; m < layout.Spec.Members.Length; m++)
            {
                var own = weights.Slice(m * layout.MemberLength, layout.MemberLength);
                var member = MemberPublisher.Publish(layout, m, own, window, options, out var jitters);
                repairs += jitters;
                if (member is null) return new PublishResult(null, $"member {m} has a mixture or an energy that is not finite", repairs);
                members.Add(member);
                AddLive(live, window.Energies, member.EnergyMedian, member.EnergyRange, options.ScoreKind, layout.Spec.Members.Length);
            }

            var distance = history is null || options.HistoryWeight <= 0 || options.ScoreKind == ScoreKind.Energy ? null
                : HistoryDistance.Measure(history, options.HistoryWeight, rows, live);
            var model = new ModelSnapshot(layout, weights, scaler, members.ToImmutable()) { History = distance };
            if (live.ContainsAnyExceptInRange(double.MinValue, double.MaxValue))
                return new PublishResult(null, "a score of the window is not finite", repairs);
            if (options.AnchorWeight <= 0) anchor = null;
            calibration ??= Calibration.Of(
                WindowScores(live, rows, anchor, options.AnchorWeight), 0, options.ScoreKind == ScoreKind.LogStandardized);
            var guard = options.GuardQuantile < 1 ? Quantile.OfUnsorted(live, options.GuardQuantile) : double.PositiveInfinity;
            return new PublishResult(Freeze(model, (guard, count), version, options, anchor, calibration), null, repairs);
        }
        finally
        {
            Pool.Return(window);
        }
    }

    /// <summary>Adds one member's energies to the live scores.</summary>
    internal static void AddLive(
        Span<double> live, ReadOnlySpan<double> energies, double median, double range, ScoreKind kind, int members)
    {
        if (kind == ScoreKind.LogStandardized)
        {
            EnergyScorer.AddStandardized(energies, median, range, members, live);
            return;
        }

        for (var i = 0; i < live.Length; i++) live[i] += EnergyScorer.Bounded(energies[i]) / members;
    }

    /// <summary>Live scores of the rows under a published model, its anchor aside.</summary>
    private static double[] LiveOf(ModelSnapshot snapshot, ReadOnlySpan<float> rows, int count)
    {
        var (scores, live) = (new EnergyScore[count], new double[count]);
        new EnergyScorer().Score(snapshot.WithoutAnchor(), rows, count, scores);
        for (var i = 0; i < count; i++) live[i] = scores[i].Live;
        return live;
    }

    /// <summary>
    /// The window's own scores. The anchor has to judge every row for them: they are computed only where nothing better is there.
    /// </summary>
    internal static ReadOnlySpan<double> WindowScores(
        ReadOnlySpan<double> live, ReadOnlySpan<float> rows, ModelSnapshot? anchor, double weight)
    {
        if (anchor is null) return live;
        var (scores, anchored) = (new double[live.Length], LiveOf(anchor, rows, live.Length));
        for (var i = 0; i < scores.Length; i++) scores[i] = ((1 - weight) * live[i]) + (weight * anchored[i]);
        return scores;
    }

    /// <summary>The finished snapshot.</summary>
    /// <param name="model">Weights, scaler, members and history.</param>
    /// <param name="window">Quantile of the window's live scores for the guard, and its rows.</param>
    /// <param name="version">Number of the snapshot.</param>
    /// <param name="options">How it was published.</param>
    /// <param name="anchor">Snapshot whose live score is mixed in; null for none.</param>
    /// <param name="calibration">From score to p-value.</param>
    internal static ModelSnapshot Freeze(
        ModelSnapshot model, (double LiveGuard, int Rows) window, long version, PublishOptions options, ModelSnapshot? anchor,
        Calibration calibration) =>
        new(model)
        {
            Version = version,
            ScoreKind = options.ScoreKind,
            Anchor = anchor?.WithoutAnchor(),
            AnchorWeight = anchor is null ? 0 : options.AnchorWeight,
            Calibration = calibration,
            GuardThreshold = options.GuardQuantile < 1 ? calibration.Threshold(1 - options.GuardQuantile) : double.PositiveInfinity,
            LiveGuard = window.LiveGuard,
            WindowCount = window.Rows,
        };
}
