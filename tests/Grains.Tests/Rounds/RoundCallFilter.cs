using DagmmStream.Grains.Rounds;

namespace DagmmStream.Grains.Tests.Rounds;

/// <summary>Lets a test fail or hold the coordinator's calls to partitions.</summary>
internal sealed class RoundCallFilter : IIncomingGrainCallFilter
{
    /// <summary>What happens before a call, given its method and the partition; null for nothing.</summary>
    public Func<string, PartitionId, Task>? Before { get; set; }

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (Before is { } before && context.InterfaceMethod.DeclaringType == typeof(IRoundPartition))
            await before(context.InterfaceMethod.Name, PartitionId.Parse(context.TargetId.Key.ToString()!));
        await context.Invoke();
    }
}
