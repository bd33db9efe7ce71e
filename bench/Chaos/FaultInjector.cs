using DagmmStream.Tests.Shared;

namespace DagmmStream.Bench.Chaos;

/// <summary>Does one fault at a time to a cluster, and repairs it.</summary>
internal sealed class FaultInjector(
    ChaosCluster cluster, Random random, Func<CancellationToken, Task> resend, Func<CancellationToken, Task> probe)
{
    private static readonly TimeSpan FrozenFor = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(15);

    public Task RunAsync(FaultKind kind, CancellationToken cancellationToken)
    {
        var silo = cluster.Silos[random.Next(cluster.Silos.Count)];
        return kind switch
        {
            FaultKind.Kill => KillAsync(silo, cancellationToken),
            FaultKind.Terminate => TerminateAsync(silo, cancellationToken),
            FaultKind.Freeze => FreezeAsync(silo, cancellationToken),
            FaultKind.RestartDatabase => RestartDatabaseAsync(random.Next(2) == 0 ? "fast" : "immediate"),
            FaultKind.Resend => resend(cancellationToken),
            FaultKind.Outage => OutageAsync(cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such fault"),
        };
    }

    private static async Task KillAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        await silo.KillAsync(cancellationToken);
        await silo.StartAsync(cancellationToken);
    }

    private static async Task TerminateAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        var code = await silo.StopAsync(cancellationToken);
        if (code != 0) throw new InvalidOperationException($"the silo ended with {code} after SIGTERM:\n{silo.Output}");
        await silo.StartAsync(cancellationToken);
    }

    private static async Task FreezeAsync(SiloProcess silo, CancellationToken cancellationToken)
    {
        await silo.SignalAsync("STOP", cancellationToken);
        await Task.Delay(FrozenFor, cancellationToken);
        await silo.SignalAsync("CONT", cancellationToken);
        // The others have declared it dead: it finds that out and ends; whoever runs silos starts it again.
        var thawed = TimeProvider.System.GetTimestamp();
        while (silo.IsRunning && TimeProvider.System.GetElapsedTime(thawed) < EndLimit)
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        if (!silo.IsRunning) await silo.StartAsync(cancellationToken);
    }

    private async Task RestartDatabaseAsync(string mode)
    {
        await cluster.Server.StopAsync(mode);
        await cluster.Server.ResumeAsync();
    }

    private async Task OutageAsync(CancellationToken cancellationToken)
    {
        var begun = TimeProvider.System.GetTimestamp();
        await cluster.Server.StopAsync("immediate");
        while (TimeProvider.System.GetElapsedTime(begun) < AwayFor)
        {
            await probe(cancellationToken);
            await Task.Delay(ProbeInterval, cancellationToken);
        }

        await cluster.Server.ResumeAsync();
    }
}
