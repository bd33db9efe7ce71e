using System.Collections.Immutable;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Cli.Evaluation;

/// <summary>
/// A stream with several partitions in one process: events are dealt in turn, every partition learns its own chunks, and rounds run as the
/// coordinator of a silo runs them, as soon as they are due.
/// </summary>
internal sealed class PartitionedLearner : IPrequentialLearner
{
    private readonly LearnerOptions _options;
    private readonly StreamLearner[] _partitions;
    private readonly List<float>[] _waiting;
    private readonly RoundRunner _runner;
    private readonly int _features;
    private RoundRecord? _round;
    private long _dealt;
    private long _failed;
    private long _repairs;

    public PartitionedLearner(ModelSpec spec, LearnerOptions options, ITrainingEngine engine, ulong seed)
    {
        (_options, _features) = (options, spec.Features);
        // As in the service: partitions must not draw the same numbers.
        _partitions = [.. Enumerable.Range(0, options.Partitions).Select(
            p => new StreamLearner(spec, options, engine, seed + ((ulong)p << 32)))];
        _waiting = [.. _partitions.Select(_ => new List<float>())];
        _runner = new RoundRunner(new ParameterLayout(spec), options, engine, seed, Ask);
    }

    /// <summary>Events are scored before any of their chunk is learned: a chunk of the stream is dealt at once.</summary>
    public int ChunkSize => _options.ChunkSize;

    public ModelSnapshot? Snapshot => _round?.Snapshot;

    public LearnerCounters Counters => new()
    {
        Seen = _partitions.Sum(one => one.Counters.Seen),
        Accepted = _partitions.Sum(one => one.Counters.Accepted),
        Rejected = _partitions.Sum(one => one.Counters.Rejected),
        Repeated = _partitions.Sum(one => one.Counters.Repeated),
        Drifts = _partitions.Sum(one => one.Counters.Drifts),
        Escapes = _partitions.Sum(one => one.Counters.Escapes),
        SkippedSteps = _partitions.Sum(one => one.Counters.SkippedSteps),
        CholeskyRepairs = _partitions.Sum(one => one.Counters.CholeskyRepairs) + _repairs,
        Published = _round?.Version ?? 0,
        FailedPublishes = _failed,
    };

    public void Learn(ReadOnlySpan<float> rows, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var p = (int)(_dealt++ % _partitions.Length);
            _waiting[p].AddRange(rows.Slice(i * _features, _features));
            if (_waiting[p].Count < _options.ChunkSize * _features) continue;
            _partitions[p].Learn(_waiting[p].ToArray(), _options.ChunkSize);
            _waiting[p].Clear();
        }

        if (IsDue()) RunRound();
    }

    private bool IsDue() => _round is null ? _partitions.Sum(one => one.RoundSamples) >= _options.WarmUp
        : _partitions.Any(one => one.IsRoundUrgent) || _partitions.Sum(one => one.RoundSamples) >= _round.Interval(_options);

    private void RunRound()
    {
        var outcome = _runner.RunAsync(_round, _round is null, [.. Enumerable.Range(0, _partitions.Length)]).GetAwaiter().GetResult();
        _repairs += outcome.CholeskyRepairs;
        if (outcome.Record is not { } record)
        {
            _failed++;
            return;
        }

        _round = record;
        for (var p = 0; p < _partitions.Length; p++) _partitions[p].Adopt(p, record);
    }

    private Task<RoundReply> Ask(RoundQuestion question, ImmutableArray<int> partitions) => Task.FromResult(
        RoundReply.Merge([.. partitions.Select(p => new RoundReply(_partitions[p].Answer(p, question), [p]))]));
}
