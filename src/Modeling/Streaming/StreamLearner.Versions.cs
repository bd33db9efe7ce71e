using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Streaming;

/// <content>A learner that takes the place of another one.</content>
public sealed partial class StreamLearner
{
    /// <summary>Gives the snapshot another number, from which later ones go on: one number never stands for two models.</summary>
    /// <param name="version">The number, at least 1.</param>
    /// <exception cref="InvalidOperationException">There is no snapshot yet.</exception>
    internal void Renumber(long version)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        Snapshot = (Snapshot ?? throw new InvalidOperationException("there is no snapshot to number")).WithVersion(version);
        _counters = _counters with { Published = version };
    }

    /// <summary>
    /// A learner that goes on from this one as one of the partitions of a stream: model and training state are those of this one; window,
    /// recent scores, history and counters are its share, so that all partitions together have what this one has, and no row twice.
    /// Suspicions, which are about events to come, begin anew.
    /// </summary>
    /// <param name="options">Options of a partition of that stream.</param>
    /// <param name="seed">Key of the partition's randomness.</param>
    /// <param name="partition">Number of the partition; 0 for the only one.</param>
    /// <exception cref="InvalidOperationException">There is no snapshot yet.</exception>
    internal StreamLearner Deal(LearnerOptions options, ulong seed, int partition)
    {
        if (Snapshot is null) throw new InvalidOperationException("there is no model to take over");
        var parts = options.Partitions;
        var (rejected, repeated) = (Share(_counters.Rejected, partition, parts), Share(_counters.Repeated, partition, parts));
        var accepted = Share(_counters.Accepted, partition, parts);
        var window = _window.Deal(options.WindowCapacity, seed, accepted, partition, parts);
        var state = new TrainingState(
            _state.Layout, [.. _state.Weights], [.. _state.FirstMoment], [.. _state.SecondMoment], seed, _state.Step, _state.Updates);
        var anchor = _anchor.Clone();
        anchor.Rebase(window.Seen);
        return new StreamLearner(options, _engine, state, window, _recent.Deal(partition, parts))
        {
            _history = _history.WithCount(window.Seen + rejected + repeated),
            _anchor = anchor,
            _counters = new LearnerCounters
            {
                Seen = window.Seen + rejected + repeated, Accepted = window.Seen, Rejected = rejected, Repeated = repeated,
                Published = Snapshot.Version,
            },
            // Partitions are published by rounds.
            _publishAt = parts == 1 ? window.Seen + options.PublishInterval : 0,
            _roundAt = parts == 1 ? 0 : window.Seen,
            Snapshot = Snapshot,
        };
    }

    /// <summary>The model that the rounds of a stream go on from after it was replaced.</summary>
    /// <param name="learners">The partitions as they were kept, all of one snapshot; or one learner for all to share.</param>
    /// <param name="options">Options of a partition of the stream.</param>
    /// <param name="version">Its number, above all that there were.</param>
    /// <param name="seed">Key of the stream's randomness.</param>
    internal static RoundRecord Replacement(IReadOnlyList<StreamLearner> learners, LearnerOptions options, long version, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfZero(learners.Count);
        var first = learners[0];
        var weights = learners.Select(learner => WeightAverage.Of(learner._state, learner.RoundSamples)).Aggregate(WeightAverage.Merge);
        var accepted = learners.Count > 1 ? learners.Sum(learner => learner._counters.Accepted)
            : Enumerable.Range(0, options.Partitions).Sum(partition => first.Deal(options, seed, partition)._counters.Accepted);
        var anchor = first._anchor.Clone();
        anchor.Rebase(accepted);
        return new RoundRecord
        {
            Snapshot = (first.Snapshot ?? throw new InvalidOperationException("there is no model to take over")).WithVersion(version),
            State = weights.ToState(first._state.Layout, seed),
            Anchor = anchor,
            Accepted = accepted,
            Participants = [],
            Replaced = version,
        };
    }

    /// <summary>A partition's share of a count; what one of several partitions has counted stands for all of them.</summary>
    private long Share(long count, int partition, int parts) => ((count * Options.Partitions) + parts - 1 - partition) / parts;
}
