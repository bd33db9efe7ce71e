using System.Collections.Immutable;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Rounds;

/// <summary>
/// A partition's answers about its window under the weights of a round: the steps of <see cref="MemberPublisher"/>, cut where the
/// statistics of other windows come in. Pure and thread-safe.
/// </summary>
internal static class RoundMeasurement
{
    private static readonly WorkspacePool<WindowWorkspace> Pool = new();

    /// <summary>Answers a question about a window.</summary>
    /// <param name="question">Any but <see cref="RoundQuestionKind.Collect"/>.</param>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="options">How snapshots are made.</param>
    /// <param name="rows">Raw features of the window [n, d]; n may be 0.</param>
    public static RoundAnswer Of(RoundQuestion question, ParameterLayout layout, PublishOptions options, ReadOnlySpan<float> rows)
    {
        var (spec, count) = (layout.Spec, rows.Length / layout.Spec.Features);
        if (count == 0) return Nothing(question, spec);
        var window = Pool.Rent();
        try
        {
            window.Prepare(layout, question.Scaler!, rows, count);
            if (question.Kind == RoundQuestionKind.Live) return Live(question, layout, options, window, rows);
            var (moments, statistics) = (new List<LatentMoments>(), new List<MixtureStatistics>());
            var sketches = new List<QuantileSketch>();
            for (var m = 0; m < spec.Members.Length; m++)
            {
                Courtesy.GiveWay();
                Encode(question, layout, m, window);
                if (question.Kind == RoundQuestionKind.Latent) moments.Add(Moments(window, count));
                else if (question.Kind == RoundQuestionKind.Energies) sketches.Add(QuantileSketch.Of(window.Energies));
                else
                {
                    if (question.Kind == RoundQuestionKind.Trimmed) window.TrimAbove(question.Limits[m]);
                    statistics.Add(window.Statistics());
                }
            }

            if (question is { Kind: RoundQuestionKind.Latent, History: { } history })
                sketches.Add(QuantileSketch.Of(HistoryDistance.Distances(history, rows)));
            return new RoundAnswer { Moments = [.. moments], Statistics = [.. statistics], Sketches = [.. sketches] };
        }
        finally
        {
            Pool.Return(window);
        }
    }

    /// <summary>A member's z as far as its standardisation and mixture are known, with memberships or responsibilities.</summary>
    private static void Encode(RoundQuestion question, ParameterLayout layout, int m, WindowWorkspace window)
    {
        var weights = question.Weights.AsSpan(m * layout.MemberLength, layout.MemberLength);
        window.Encode(new MemberNetworkKernel(layout, m, weights));
        if (question.Kind == RoundQuestionKind.Latent) return;
        var (mean, deviation) = question.Standardizers[m];
        if (layout.Spec.StandardizeLatent) window.Standardize(mean, deviation);
        if (question.Kind == RoundQuestionKind.Memberships) window.Estimate(PackedLayers.Of(layout.Estimation, weights));
        if (!layout.Spec.StandardizeLatent) window.Centre(mean);
        if (question.Kind != RoundQuestionKind.Memberships) window.Respond(question.Mixtures[m]);
    }

    private static LatentMoments Moments(WindowWorkspace window, int count)
    {
        var (mean, deviation) = window.Measure(varianceFloor: 0);
        return new LatentMoments(count, mean, Array.ConvertAll(deviation, one => one * one * count));
    }

    private static RoundAnswer Live(
        RoundQuestion question, ParameterLayout layout, PublishOptions options, WindowWorkspace window, ReadOnlySpan<float> rows)
    {
        var members = layout.Spec.Members.Length;
        var live = new double[rows.Length / layout.Spec.Features];
        var isFinite = true;
        for (var m = 0; m < members; m++)
        {
            Courtesy.GiveWay();
            Encode(question, layout, m, window);
            isFinite &= !window.Energies.ContainsAnyExceptInRange(double.MinValue, double.MaxValue);
            SnapshotPublisher.AddLive(
                live, window.Energies, question.Limits[2 * m], question.Limits[(2 * m) + 1], options.ScoreKind, members);
        }

        if (question.History is { } summary)
        {
            var history = new HistoryDistance(summary, options.HistoryWeight, question.Limits[^2], question.Limits[^1]);
            history.Mix(live, rows);
        }

        if (!isFinite) live[0] = double.NaN;
        var scores = SnapshotPublisher.WindowScores(live, rows, question.Anchor, question.AnchorWeight);
        return new RoundAnswer { Sketches = [QuantileSketch.Of(live), QuantileSketch.Of(scores)] };
    }

    private static RoundAnswer Nothing(RoundQuestion question, ModelSpec spec)
    {
        ImmutableArray<T> PerMember<T>(T value) => [.. Enumerable.Repeat(value, spec.Members.Length)];
        return question.Kind switch
        {
            RoundQuestionKind.Latent => new RoundAnswer
            {
                Moments = PerMember(LatentMoments.Identity(spec.LatentDimension)),
                Sketches = question.History is null ? [] : [QuantileSketch.Empty],
            },
            RoundQuestionKind.Energies => new RoundAnswer { Sketches = PerMember(QuantileSketch.Empty) },
            RoundQuestionKind.Live => new RoundAnswer { Sketches = [QuantileSketch.Empty, QuantileSketch.Empty] },
            _ => new RoundAnswer { Statistics = PerMember(MixtureStatistics.Identity(spec.Components, spec.LatentDimension)) },
        };
    }
}
