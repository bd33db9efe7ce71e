using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public class DriftMonitorTests
{
    private const int Chunk = 128;

    private static readonly LearnerOptions Options = LearnerOptions.Stream;

    [Fact]
    public void Conclude_PartOfTheEventsRejected_IsSuspectedThenAcceptedWhenItHasLasted()
    {
        var (monitor, seen) = (new DriftMonitor(Options), 0L);
        Assert.Empty(Run(monitor, ref seen, chunks: 32, everySo: 10));
        var found = Run(monitor, ref seen, chunks: 80, everySo: 3);
        Assert.Equal([DriftKind.Suspected, DriftKind.Accepted], found.Select(drift => drift.Kind));
        Assert.InRange(found[0].Seen - (32 * Chunk), 1, 4 * Chunk);
        Assert.True(found[0].Size > 0);
        Assert.InRange(found[1].Seen - (2 * found[0].Seen), 0, Chunk);
    }

    [Fact]
    public void Conclude_FaultThatEnds_IsSuspectedThenEnded()
    {
        var (monitor, seen) = (new DriftMonitor(Options), 0L);
        Run(monitor, ref seen, chunks: 32, everySo: 10);
        Assert.Equal([DriftKind.Suspected], Run(monitor, ref seen, chunks: 16, everySo: 3).Select(drift => drift.Kind));
        Assert.True(monitor.IsSuspicious);
        Assert.Equal([DriftKind.Ended], Run(monitor, ref seen, chunks: 8, everySo: 10).Select(drift => drift.Kind));
        Assert.False(monitor.IsSuspicious);
    }

    [Fact]
    public void Conclude_EverythingRejected_IsABreakWithinAChunk()
    {
        var (monitor, seen) = (new DriftMonitor(Options), 0L);
        Run(monitor, ref seen, chunks: 32, everySo: 10);
        var found = Run(monitor, ref seen, chunks: 1, everySo: 1);
        Assert.Equal([DriftKind.Broken], found.Select(drift => drift.Kind));
        Assert.Equal(0.9, found[0].Size, 1e-12);
    }

    private static List<DriftEvent> Run(DriftMonitor monitor, ref long seen, int chunks, int everySo)
    {
        var found = new List<DriftEvent>();
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            for (var i = 0; i < Chunk; i++) monitor.Add(seen++ % everySo == 0);
            if (monitor.Conclude(seen) is { } drift) found.Add(drift);
        }

        return found;
    }
}
