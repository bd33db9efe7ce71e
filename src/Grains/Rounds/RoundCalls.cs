using System.Collections.Immutable;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Grains.Rounds;

/// <summary>
/// Asks the partitions of a stream: up to 32 directly, more of them through branches. Who does not answer before the deadline is left
/// out. Answers are decoded and merged in a training slot, in the order of the partitions.
/// </summary>
internal sealed partial class RoundCalls(
    IGrainFactory grains, TrainingExecutor executor, TimeProvider time, TimeSpan deadline, ILogger logger)
{
    /// <summary>Asks partitions.</summary>
    public async Task<RoundReply> AskAsync(RoundAsk ask, ParameterLayout layout, LearnerOptions options)
    {
        var replies = ask.Partitions.Length <= RoundReply.Fan
            ? await Task.WhenAll(ask.Partitions.Select(partition => AskPartitionAsync(ask, partition)))
            : await Task.WhenAll(Branches(ask).Select(AskBranchAsync));
        return await executor.RunAsync(() => Merge(replies, layout, options), CancellationToken.None);
    }

    /// <summary>Ends a round at partitions; those that cannot be reached go on by themselves when their patience ends.</summary>
    public Task EndAsync(RoundAsk ask) => ask.Partitions.Length <= RoundReply.Fan
        ? Task.WhenAll(ask.Partitions.Select(partition => TryAsync(
            ask, async () =>
            {
                await Partition(ask, partition).EndAsync(ask.Round, ask.Question);
                return true;
            }, deadline, partition)))
        : Task.WhenAll(Branches(ask).Select(branch => TryAsync(
            branch, async () =>
            {
                await Branch(branch).EndAsync(branch);
                return true;
            }, 2 * deadline, branch.Partitions[0])));

    private static IEnumerable<RoundAsk> Branches(RoundAsk ask) =>
        ask.Partitions.Chunk(RoundReply.Fan).Select(partitions => ask with { Partitions = [.. partitions] });

    private static RoundReply Merge(RoundBranchReply[] replies, ParameterLayout layout, LearnerOptions options) =>
        RoundReply.Merge([.. replies.Where(reply => reply.Answer.Length > 0).Select(
            reply => new RoundReply(RoundAnswer.FromBytes(reply.Answer, layout, options), reply.Answered))]);

    private async Task<RoundBranchReply> AskPartitionAsync(RoundAsk ask, int partition)
    {
        var grain = Partition(ask, partition);
        var answer = await TryAsync(
            ask, () => ask.IsCollect ? grain.CollectAsync(ask.Round, ask.Question) : grain.MeasureAsync(ask.Round, ask.Question), deadline,
            partition);
        return new RoundBranchReply { Answer = answer ?? [], Answered = [partition] };
    }

    // A branch waits for its partitions first.
    private async Task<RoundBranchReply> AskBranchAsync(RoundAsk ask) =>
        await TryAsync(ask, () => Branch(ask).AskAsync(ask), 2 * deadline, ask.Partitions[0])
        ?? new RoundBranchReply { Answer = [], Answered = [] };

    private async Task<T?> TryAsync<T>(RoundAsk ask, Func<Task<T>> call, TimeSpan limit, int partition)
    {
        try
        {
            return await call().WaitAsync(limit, time);
        }
        catch (Exception exception)
        {
            // A partition that is down or slow must not stop the others: it is left out, and comes into a later round.
            LogNoAnswer(exception, ask.Stream, partition, ask.Round);
            return default;
        }
    }

    private IRoundPartition Partition(RoundAsk ask, int partition) =>
        grains.GetGrain<IRoundPartition>(new PartitionId(ask.Stream, partition).ToString());

    private IRoundBranch Branch(RoundAsk ask) =>
        grains.GetGrain<IRoundBranch>(new PartitionId(ask.Stream, ask.Partitions[0] / RoundReply.Fan).ToString());

    [LoggerMessage(Level = LogLevel.Information, Message = "Partition {Partition} of {Stream} did not answer in round {Round}")]
    private partial void LogNoAnswer(Exception exception, string stream, int partition, long round);
}
