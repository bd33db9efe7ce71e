using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public class ChangeDetectorTests
{
    private const double Delta = 0.002;

    [Fact]
    public void Check_SteadySignal_ReportsNothing()
    {
        var (detector, random) = (new ChangeDetector(Delta), Random(1));
        for (var i = 0; i < 50_000; i++)
        {
            detector.Add(random.NextDouble() < 0.1 ? 1 : 0);
            if (i % 128 == 0) Assert.Equal(0, detector.Check());
        }

        Assert.Equal(50_000, detector.Count);
        Assert.InRange(detector.Mean, 0.09, 0.11);
    }

    [Theory]
    [InlineData(0.1, 0.5)]
    [InlineData(0.5, 0.1)]
    public void Check_MeanJumps_ReportsItWithin256AndForgetsTheOld(double before, double after)
    {
        var (detector, random) = (new ChangeDetector(Delta), Random(2));
        for (var i = 0; i < 5000; i++) detector.Add(random.NextDouble() < before ? 1 : 0);
        Assert.Equal(0, detector.Check());
        for (var i = 0; i < 256; i++) detector.Add(random.NextDouble() < after ? 1 : 0);
        Assert.Equal(after > before ? 1 : -1, Math.Sign(detector.Check()));
        Assert.InRange(detector.Count, 16, 800);
    }

    [Fact]
    public void Read_WhatWasWritten_GoesOnAlike()
    {
        var (detector, random) = (new ChangeDetector(Delta), Random(3));
        for (var i = 0; i < 777; i++) detector.Add(random.NextDouble());
        var writer = new CheckpointWriter();
        detector.Write(writer);
        var copy = ChangeDetector.Read(new CheckpointReader(writer.ToArray()), Delta);
        foreach (var one in new[] { detector, copy })
            for (var i = 0; i < 300; i++) one.Add(1);
        Assert.Equal((detector.Count, detector.Mean), (copy.Count, copy.Mean));
        Assert.Equal(detector.Check(), copy.Check());
    }

    private static CounterRandom Random(ulong seed) => new(seed, RandomPurpose.Sampling, 0);
}
