using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public sealed class ReconstructionMonitorTests
{
    private const int Chunk = 128;
    private static readonly LearnerOptions Options = LearnerOptions.Stream;

    [Fact]
    public void Conclude_SameDistribution_SaysNothing()
    {
        var (monitor, seen) = (new ReconstructionMonitor(Options), 0L);
        Assert.Empty(Run(monitor, ref seen, chunks: 100, shift: 0));
    }

    [Fact]
    public void Conclude_ReconstructedWorse_OneRiseWithItsSize()
    {
        var (monitor, seen) = (new ReconstructionMonitor(Options), 0L);
        Run(monitor, ref seen, chunks: 30, shift: 0);
        var rise = Assert.Single(Run(monitor, ref seen, chunks: 10, shift: 1.5));
        Assert.Equal(DriftKind.Reconstruction, rise.Kind);
        Assert.InRange(rise.Size, 0.2, 0.4);
        Assert.InRange(rise.Seen, 31 * Chunk, 34 * Chunk);
    }

    [Fact]
    public void Conclude_ReconstructedBetter_IsLearningNotDrift()
    {
        var (monitor, seen) = (new ReconstructionMonitor(Options), 0L);
        Run(monitor, ref seen, chunks: 30, shift: 1.5);
        Assert.Empty(Run(monitor, ref seen, chunks: 10, shift: 0));
    }

    [Fact]
    public void Add_NotANumber_SaysNothing()
    {
        var monitor = new ReconstructionMonitor(Options);
        for (var i = 0; i < 1000; i++) monitor.Add(double.NaN);
        Assert.Null(monitor.Conclude(1000, 0));
    }

    [Fact]
    public void WriteRead_InTheMiddle_GoesOnTheSame()
    {
        var (monitor, seen) = (new ReconstructionMonitor(Options), 0L);
        Run(monitor, ref seen, chunks: 30, shift: 0);
        var writer = new CheckpointWriter();
        monitor.Write(writer);
        var (copy, copySeen) = (ReconstructionMonitor.Read(new CheckpointReader(writer.ToArray()), Options), seen);
        Assert.Equal(Run(monitor, ref seen, chunks: 10, shift: 1), Run(copy, ref copySeen, chunks: 10, shift: 1));
    }

    private static List<DriftEvent> Run(ReconstructionMonitor monitor, ref long seen, int chunks, double shift)
    {
        var found = new List<DriftEvent>();
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            for (var i = 0; i < Chunk; i++) monitor.Add(shift + Math.Sin(2.4 * seen++));
            if (monitor.Conclude(seen, Options.ReconstructionRise) is { } drift) found.Add(drift);
        }

        return found;
    }
}
