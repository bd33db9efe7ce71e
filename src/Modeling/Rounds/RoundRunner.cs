using System.Collections.Immutable;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Modeling.Rounds;

/// <summary>
/// Takes a round from the first question to its decision. Partitions that do not answer are left out: the others are asked again from the
/// beginning, since what was measured with them does not count without them.
/// </summary>
internal sealed class RoundRunner
{
    private readonly ParameterLayout _layout;
    private readonly LearnerOptions _options;
    private readonly ulong _seed;
    private readonly Func<RoundQuestion, ImmutableArray<int>, Task<RoundReply>> _ask;
    private readonly Func<Action, Task> _compute;
    private readonly ITrainingEngine _engine;

    /// <summary>Creates a runner.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="options">How the stream learns.</param>
    /// <param name="engine">Runs the steps of the warm-up.</param>
    /// <param name="seed">Key of all randomness of the stream.</param>
    /// <param name="ask">Asks partitions.</param>
    /// <param name="compute">Where warm-up and merged statistics are computed; null for here.</param>
    public RoundRunner(
        ParameterLayout layout, LearnerOptions options, ITrainingEngine engine, ulong seed,
        Func<RoundQuestion, ImmutableArray<int>, Task<RoundReply>> ask, Func<Action, Task>? compute = null)
    {
        (_layout, _options, _engine, _seed, _ask) = (layout, options, engine, seed, ask);
        _compute = compute ?? (work =>
        {
            work();
            return Task.CompletedTask;
        });
    }

    /// <summary>Runs a round.</summary>
    /// <param name="previous">The round before; null for none.</param>
    /// <param name="isFirst">True for the stream's first round, which is its warm-up.</param>
    /// <param name="partitions">Partitions to ask, ascending.</param>
    public async Task<RoundOutcome> RunAsync(RoundRecord? previous, bool isFirst, ImmutableArray<int> partitions)
    {
        while (true)
        {
            var collect = new RoundQuestion { Kind = RoundQuestionKind.Collect, IsWarmUp = isFirst };
            var reply = await _ask(collect, partitions);
            if (reply.Answer?.Contribution is not { } contribution) return new RoundOutcome(null, "no partition answered", 0);
            if (isFirst && contribution.Accepted < _options.WarmUp)
                return new RoundOutcome(null, $"{contribution.Accepted} events of {_options.WarmUp} are there for the warm-up", 0);
            partitions = reply.Answered;
            var round = new Round(_layout, _options, previous, contribution, await StateAsync(isFirst, contribution));
            if (await MeasureAsync(round, partitions) is { } left) partitions = left;
            else return new RoundOutcome(round.Result, round.Failure, round.CholeskyRepairs);
        }
    }

    /// <returns>The partitions that are left when one did not answer; null when the round is decided.</returns>
    private async Task<ImmutableArray<int>?> MeasureAsync(Round round, ImmutableArray<int> partitions)
    {
        while (round.Question is { } question)
        {
            var reply = await _ask(question, partitions);
            if (reply.Answer is null || reply.Answered.Length < partitions.Length) return reply.Answered;
            await _compute(() => round.Take(reply.Answer));
        }

        return null;
    }

    private async Task<TrainingState> StateAsync(bool isFirst, RoundContribution contribution)
    {
        if (!isFirst) return contribution.Weights.ToState(_layout, _seed);
        var state = WeightInitializer.Create(_layout, _seed);
        await _compute(() => WarmUp.Run(state, _engine, _options, contribution.WarmUpRows));
        return state;
    }
}
