using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public class LearnerOptionsTests
{
    public static TheoryData<LearnerOptions, string> Bad => new()
    {
        { new() { ChunkSize = 0 }, nameof(LearnerOptions.ChunkSize) },
        { new() { WarmUp = 15 }, nameof(LearnerOptions.WarmUp) },
        { new() { WarmUpRows = 1 }, nameof(LearnerOptions.WarmUpRows) },
        { new() { WarmUpSteps = -1 }, nameof(LearnerOptions.WarmUpSteps) },
        { new() { WarmUpLearningRate = double.PositiveInfinity }, nameof(LearnerOptions.WarmUpLearningRate) },
        { new() { LearningRate = double.NaN }, nameof(LearnerOptions.LearningRate) },
        { new() { WarmUpDecayAfter = 1.1 }, nameof(LearnerOptions.WarmUpDecayAfter) },
        { new() { WarmUpDecay = 0 }, nameof(LearnerOptions.WarmUpDecay) },
        { new() { WarmUpReconstruction = double.NaN }, nameof(LearnerOptions.WarmUpReconstruction) },
        { new() { StepRows = 1 }, nameof(LearnerOptions.StepRows) },
        { new() { ReplayRows = -1 }, nameof(LearnerOptions.ReplayRows) },
        { new() { WindowCapacity = 255 }, nameof(LearnerOptions.WindowCapacity) },
        { new() { PublishInterval = 0 }, nameof(LearnerOptions.PublishInterval) },
        { new() { PublishAging = 0 }, nameof(LearnerOptions.PublishAging) },
        { new() { PublishIntervalMax = 127 }, nameof(LearnerOptions.PublishIntervalMax) },
        { new() { EscapeCount = 0 }, nameof(LearnerOptions.EscapeCount) },
        { new() { EscapeShare = -0.1 }, nameof(LearnerOptions.EscapeShare) },
        { new() { SuspicionCount = 0 }, nameof(LearnerOptions.SuspicionCount) },
        { new() { SuspicionFactor = 1 }, nameof(LearnerOptions.SuspicionFactor) },
        { new() { DriftSignificance = 0 }, nameof(LearnerOptions.DriftSignificance) },
        { new() { PatienceMin = 0 }, nameof(LearnerOptions.PatienceMin) },
        { new() { PatienceMax = 100 }, nameof(LearnerOptions.PatienceMax) },
        { new() { QuarantineCapacity = 1 }, nameof(LearnerOptions.QuarantineCapacity) },
        { new() { RepeatCount = -1 }, nameof(LearnerOptions.RepeatCount) },
        { new() { RepeatLimit = 0 }, nameof(LearnerOptions.RepeatLimit) },
        { new() { AnchorGrowth = 1 }, nameof(LearnerOptions.AnchorGrowth) },
        { new() { AnchorHorizon = 0 }, nameof(LearnerOptions.AnchorHorizon) },
        { new() { AnchorFresh = 2 }, nameof(LearnerOptions.AnchorFresh) },
        { new() { AnchorStale = 0.05 }, nameof(LearnerOptions.AnchorStale) },
        { new() { AnchorFloor = double.NaN }, nameof(LearnerOptions.AnchorFloor) },
        { new() { Publish = PublishOptions.Stream with { HistoryWeight = 1.5 } }, nameof(PublishOptions.HistoryWeight) },
        { new() { CalibrationMinimum = 0 }, nameof(LearnerOptions.CalibrationMinimum) },
        { new() { CalibrationCount = 127 }, nameof(LearnerOptions.CalibrationCount) },
        { new() { Contamination = 0.1 }, nameof(LearnerOptions.Contamination) },
        { new() { Publish = PublishOptions.Stream with { GuardQuantile = 0 } }, nameof(PublishOptions.GuardQuantile) },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void Validate_OutOfRange_NamesTheOption(LearnerOptions options, string name)
    {
        var exception = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        Assert.Equal(name, exception.ParamName);
    }

    [Fact]
    public void Validate_Presets_Pass()
    {
        foreach (var preset in new[] { LearnerOptions.Stream, LearnerOptions.Lite, LearnerOptions.Paper })
            Assert.Null(Record.Exception(preset.Validate));
    }
}
