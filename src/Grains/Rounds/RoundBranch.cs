using DagmmStream.Grains.Partitions;
using DagmmStream.Modeling.Specification;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace DagmmStream.Grains.Rounds;

/// <summary>Asks up to 32 partitions for the coordinator of a stream that has more.</summary>
[Reentrant]
internal sealed class RoundBranch(PartitionServices services, ILogger<RoundBranch> logger) : Grain, IRoundBranch
{
    private readonly RoundCalls _calls = new(
        services.Grains, services.Executor, services.Time, services.Options.RoundDeadline, logger);

    public async Task<RoundBranchReply> AskAsync(RoundAsk ask)
    {
        var definition = await services.Catalog.FindAsync(ask.Stream, CancellationToken.None)
            ?? throw new DagmmStreamException(ErrorCode.StreamNotFound, $"there is no stream \"{ask.Stream}\"");
        var (spec, options) = PartitionModel.Of(definition);
        var reply = await _calls.AskAsync(ask, new ParameterLayout(spec), options);
        return new RoundBranchReply { Answer = reply.Answer?.ToBytes() ?? [], Answered = reply.Answered };
    }

    public Task EndAsync(RoundAsk ask) => _calls.EndAsync(ask);
}
