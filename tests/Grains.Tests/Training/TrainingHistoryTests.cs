using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training;

namespace DagmmStream.Grains.Tests.Training;

public class TrainingHistoryTests
{
    private static readonly PartitionId Partition = new("s", 0);

    [Fact]
    public void Read_ManySteps_IsBoundedInOrderAndEndsWithTheNewest()
    {
        var history = new TrainingHistory();
        for (var step = 1; step <= 5000; step++)
        {
            history.Add(Report(step), 128L * step);
            var points = history.Read(Partition, 1, 4).Points;
            Assert.InRange(points.Length, 1, TrainingHistory.Capacity + 1);
            Assert.Equal((step, 128L * step, step / 2.0), (points[^1].Step, points[^1].Offset, points[^1].Objective));
        }

        var steps = history.Read(Partition, 1, 4).Points.Select(point => point.Step).ToArray();
        Assert.Equal(steps.Order().Distinct(), steps);
        Assert.Equal(1, steps[0]);
        Assert.True(steps.Length > TrainingHistory.Capacity / 2, $"{steps.Length} points");
    }

    [Fact]
    public void Add_ChunkWithoutAStep_AddsNoPoint()
    {
        var history = new TrainingHistory();
        history.Add(Report(1) with { LastStep = null }, 128);
        history.Add(Report(2) with { LastStep = Report(2).LastStep!.Value with { Applied = false, Objective = double.NaN } }, 256);
        Assert.Empty(history.Read(Partition, 1, 4).Points);
    }

    [Fact]
    public void Restore_WhatACrashHasUndone_IsLeftOutAndTheRestGoesOn()
    {
        var before = new TrainingHistory();
        for (var step = 1; step <= 1000; step++) before.Add(Report(step), 128L * step);
        var after = new TrainingHistory();
        after.Restore(before.State, 128 * 900, 900);
        var kept = after.Read(Partition, 1, 4).Points;
        var expected = before.Read(Partition, 1, 4).Points.Select(point => point.Step).Where(step => step <= 900);
        Assert.Equal(expected, kept.Select(point => point.Step));
        for (var step = (int)after.NewestStep + 1; step <= 3000; step++)
        {
            after.Add(Report(step), 128L * step);
            Assert.InRange(after.Read(Partition, 1, 4).Points.Length, 1, TrainingHistory.Capacity + 1);
        }

        var steps = after.Read(Partition, 1, 4).Points.Select(point => point.Step).ToArray();
        Assert.Equal(steps.Order().Distinct(), steps);
        Assert.Equal((1, 3000), (steps[0], steps[^1]));
    }

    [Fact]
    public void Restore_AnotherModelWithFewerSteps_DropsWhatItNeverDid()
    {
        var before = new TrainingHistory();
        for (var step = 1; step <= 20; step++) before.Add(Report(step), 128L * step);
        var after = new TrainingHistory();
        after.Restore(before.State, 128 * 20, 5);
        Assert.Equal(5, after.NewestStep);
    }

    [Fact]
    public void DriftStage_EveryKindOfTheLearner_HasItsName() =>
        Assert.Equal(Enum.GetNames<DriftKind>(), Enum.GetNames<DriftStage>());

    private static LearnReport Report(int step) => new()
    {
        Snapshot = null,
        Counters = default,
        Steps = step,
        WarmUpSeen = 256,
        LastStep = new StepResult
        {
            Objective = step / 2.0, Reconstruction = 1, Energy = 2, Penalty = 3, Applied = true, CholeskyRepairs = 0,
        },
    };
}
