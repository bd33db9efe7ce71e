using System.Collections.Immutable;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Rounds;

/// <summary>
/// The coordinator's side of a round after the contributions are there: it asks all partitions one <see cref="Question"/> after the other
/// and is given the merged answers. What it publishes is what <see cref="SnapshotPublisher"/> would publish from the union of the windows
/// under the averaged weights, to rounding. Pure; not thread-safe.
/// </summary>
internal sealed class Round
{
    private readonly ParameterLayout _layout;
    private readonly LearnerOptions _options;
    private readonly RoundContribution _contribution;
    private readonly TrainingState _state;
    private readonly AnchorKeeper _anchor;
    private readonly ModelSnapshot? _anchorSnapshot;
    private readonly PublishOptions _publish;
    private readonly Calibration? _calibration;
    private readonly long _replaced;
    private double[] _ranges = [];
    private (double Median, double Range) _distance;
    private int _emLeft;

    /// <summary>Begins to measure.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="options">How the stream learns.</param>
    /// <param name="previous">The round before; null for the first.</param>
    /// <param name="contribution">What all partitions of the round bring.</param>
    /// <param name="state">The stream's weights: the average of the partitions', or the warm-up's.</param>
    public Round(
        ParameterLayout layout, LearnerOptions options, RoundRecord? previous, RoundContribution contribution, TrainingState state)
    {
        (_layout, _options, _contribution, _state) = (layout, options, contribution, state);
        Version = Math.Max(previous?.Version ?? 0, contribution.Version) + 1;
        _replaced = previous?.Replaced ?? 0;
        _anchor = contribution.Anchor.Clone();
        _emLeft = options.Publish.EmRounds;
        if (options.Publish.AnchorWeight > 0)
            _anchorSnapshot = _anchor.Next(previous?.Snapshot, contribution.Accepted, !contribution.IsSuspicious);
        _publish = options.Publish with { AnchorWeight = options.Publish.AnchorWeight * _anchor.Trust };
        _calibration = contribution.Recent.Count < options.CalibrationMinimum ? null : Calibration.Of(
            contribution.Recent, options.Contamination, IsLogarithmic);
        var hasHistory = _publish.HistoryWeight > 0 && _publish.ScoreKind != ScoreKind.Energy;
        Question = new RoundQuestion
        {
            Kind = RoundQuestionKind.Latent,
            Weights = state.Weights,
            Scaler = contribution.Window,
            History = hasHistory ? contribution.History : null,
        };
        if (contribution.Window.Count < 2) Fail($"the windows have {contribution.Window.Count} rows; at least 2 are needed");
    }

    /// <summary>Number of the snapshot.</summary>
    public long Version { get; }

    /// <summary>What is to be asked next; null when the round is finished or has failed.</summary>
    public RoundQuestion? Question { get; private set; }

    /// <summary>What is to be published; null until the last answer, and when the round has failed.</summary>
    public RoundRecord? Result { get; private set; }

    /// <summary>Why the round has failed: the old snapshot stands; null while it has not.</summary>
    public string? Failure { get; private set; }

    /// <summary>Jitters that covariances needed.</summary>
    public int CholeskyRepairs { get; private set; }

    private ModelSpec Spec => _layout.Spec;

    private bool IsLogarithmic => _publish.ScoreKind == ScoreKind.LogStandardized;

    /// <summary>Takes the partitions' merged answers to <see cref="Question"/>.</summary>
    public void Take(RoundAnswer answer)
    {
        var question = Question ?? throw new InvalidOperationException("the round is decided");
        if (answer.Sketches.Any(sketch => !sketch.IsFinite))
        {
            Fail($"an answer to {question.Kind} has a value that is not finite");
            return;
        }

        switch (question.Kind)
        {
            case RoundQuestionKind.Latent:
                Standardize(question, answer);
                break;
            case RoundQuestionKind.Memberships or RoundQuestionKind.Trimmed:
                if (question.Kind == RoundQuestionKind.Trimmed) _emLeft--;
                Estimate(question, answer.Statistics);
                break;
            case RoundQuestionKind.Energies when _emLeft > 0:
                Trim(question, answer.Sketches);
                break;
            case RoundQuestionKind.Energies:
                AskLive(question, answer.Sketches);
                break;
            default:
                Finish(question, answer.Sketches);
                break;
        }
    }

    private void Standardize(RoundQuestion question, RoundAnswer answer)
    {
        if (question.History is not null) _distance = MedianAndRange(answer.Sketches[0]);
        Question = question with
        {
            Kind = RoundQuestionKind.Memberships,
            Standardizers = [.. answer.Moments.Select(moments => moments.Standardizer(MemberPublisher.WindowVarianceFloor))],
        };
    }

    private void Estimate(RoundQuestion question, ImmutableArray<MixtureStatistics> statistics)
    {
        var mixtures = ImmutableArray.CreateBuilder<Mixture>(statistics.Length);
        for (var m = 0; m < statistics.Length; m++)
        {
            var mixture = Mixture.Estimate(statistics[m], Spec, Spec.Members[m], out var repairs);
            CholeskyRepairs += repairs;
            if (mixture is null)
            {
                Fail($"member {m} has a mixture that is not finite");
                return;
            }

            mixtures.Add(mixture);
        }

        Question = question with { Kind = RoundQuestionKind.Energies, Mixtures = mixtures.MoveToImmutable() };
        // Without trimming nobody needs the energies between the EM rounds.
        if (_emLeft > 0 && _publish.TrimShare <= 0) Trim(Question, []);
    }

    private void Trim(RoundQuestion question, ImmutableArray<QuantileSketch> energies) => Question = question with
    {
        Kind = RoundQuestionKind.Trimmed,
        Limits = [.. Enumerable.Range(0, Spec.Members.Length).Select(
            m => _publish.TrimShare <= 0 ? double.PositiveInfinity : energies[m].Quantile(1 - _publish.TrimShare))],
    };

    private void AskLive(RoundQuestion question, ImmutableArray<QuantileSketch> energies)
    {
        _ranges = [.. energies.Select(MedianAndRange).Append(_distance).SelectMany(pair => new[] { pair.Median, pair.Range })];
        var needsAnchor = _calibration is null && _anchorSnapshot is not null && _publish.AnchorWeight > 0;
        Question = question with
        {
            Kind = RoundQuestionKind.Live,
            Limits = _ranges,
            Anchor = needsAnchor ? _anchorSnapshot!.WithoutAnchor() : null,
            AnchorWeight = _publish.AnchorWeight,
        };
    }

    private void Finish(RoundQuestion question, ImmutableArray<QuantileSketch> sketches)
    {
        var members = question.Mixtures.Select((mixture, m) =>
        {
            var (mean, deviation) = Spec.StandardizeLatent ? question.Standardizers[m] : LatentStandardizer.None(mixture.Dimension);
            return new MemberSnapshot(mixture, mean, deviation, _ranges[2 * m], _ranges[(2 * m) + 1]);
        });
        var model = new ModelSnapshot(_layout, _state.Weights, question.Scaler!, [.. members])
        {
            History = question.History is null ? null
                : new HistoryDistance(question.History, _publish.HistoryWeight, _distance.Median, _distance.Range),
        };
        var guard = _publish.GuardQuantile < 1 ? sketches[0].Quantile(_publish.GuardQuantile) : double.PositiveInfinity;
        var snapshot = SnapshotPublisher.Freeze(
            model, (guard, (int)_contribution.Window.Count), Version, _publish, _publish.AnchorWeight > 0 ? _anchorSnapshot : null,
            _calibration ?? Calibration.Of(sketches[1].Values, 0, IsLogarithmic));
        Result = new RoundRecord
        {
            Snapshot = snapshot,
            State = _state,
            Anchor = _anchor,
            Accepted = _contribution.Accepted,
            Participants = _contribution.Participants,
            Replaced = _replaced,
        };
        Question = null;
    }

    private void Fail(string reason) => (Failure, Question) = (reason, null);

    private static (double Median, double Range) MedianAndRange(QuantileSketch sketch) =>
        (sketch.Quantile(0.5), sketch.Quantile(0.75) - sketch.Quantile(0.25));
}
