using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Streaming;

/// <content>
/// A learner of one partition among several: it learns as others do, but neither warms up nor publishes by itself; rounds do both.
/// </content>
public sealed partial class StreamLearner
{
    private long _roundAt;

    /// <summary>Events accepted since the last round that this learner was part of.</summary>
    internal long RoundSamples => _counters.Accepted - _roundAt;

    /// <summary>True when a new regime was accepted: the next round must not wait.</summary>
    internal bool IsRoundUrgent => IsShared && _publishAt > 0;

    private bool IsShared => Options.Partitions > 1;

    /// <summary>Answers a question of a round; changes nothing.</summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="question">The question.</param>
    internal RoundAnswer Answer(int partition, RoundQuestion question) => question.Kind == RoundQuestionKind.Collect
        ? new RoundAnswer { Contribution = Contribute(partition, question.IsWarmUp) }
        : RoundMeasurement.Of(question, _state.Layout, Options.Publish, _window.Rows);

    /// <summary>
    /// Takes over a round. The snapshot always; the weights if its own are in them, or if it has learned nothing since the last round: what
    /// a partition that was left out has learned stays, and comes into the next round. Not so if the model was replaced since: what it has
    /// learned is of the old one.
    /// </summary>
    /// <param name="partition">Number of the partition.</param>
    /// <param name="record">A round newer than the last one.</param>
    /// <returns>True if the weights were taken over.</returns>
    internal bool Adopt(int partition, RoundRecord record)
    {
        if (record.Version <= (Snapshot?.Version ?? 0)) return false;
        var isIncluded = Snapshot is null || RoundSamples == 0 || record.HasReplaced(Snapshot.Version)
            || record.Includes(partition, _counters.Seen);
        Snapshot = record.Snapshot;
        _counters = _counters with { Published = record.Version };
        if (!isIncluded) return false;
        record.State.Weights.CopyTo(_state.Weights, 0);
        record.State.FirstMoment.CopyTo(_state.FirstMoment, 0);
        record.State.SecondMoment.CopyTo(_state.SecondMoment, 0);
        _state.Updates = record.State.Updates;
        // Steps are keys of randomness: they only ever grow.
        _state.Step = Math.Max(_state.Step, _state.Updates);
        _anchor = record.Anchor.Clone();
        (_roundAt, _publishAt) = (_counters.Accepted, 0);
        return true;
    }

    private RoundContribution Contribute(int partition, bool isWarmUp) => new()
    {
        Participants = [new RoundParticipant(partition, _counters.Seen)],
        Weights = WeightAverage.Of(_state, RoundSamples),
        Window = FeatureScaler.Of(_window.Rows, _window.Count, Features, Options.Publish.ScalerKind),
        History = _history,
        Accepted = _counters.Accepted,
        Version = Snapshot?.Version ?? 0,
        Recent = _recent.Digest,
        Anchor = _anchor.Clone(),
        IsSuspicious = _monitor.IsSuspicious,
        WarmUpRows = isWarmUp ? _window.Rows[..(Math.Min(_window.Count, Options.WarmUp) * Features)].ToArray() : [],
    };
}
