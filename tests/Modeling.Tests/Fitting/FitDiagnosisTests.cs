using DagmmStream.Modeling.Fitting;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Tests.Fitting;

public class FitDiagnosisTests
{
    private static readonly FitDiagnosis Healthy = new()
    {
        Shares = [0.6, 0.4], LatentScale = 1, EnergyGap = 0, LatentDimension = 3, SkippedSteps = 0, CholeskyRepairs = 0,
    };

    [Fact]
    public void Flags_EachFault_IsNamed()
    {
        Assert.Equal(FitFlags.None, Healthy.Flags);
        Assert.Equal(FitFlags.None, (Healthy with { Shares = [1] }).Flags);
        Assert.Equal(FitFlags.Collapsed, (Healthy with { Shares = [0.995, 0.005] }).Flags);
        Assert.Equal(FitFlags.Collapsed, (Healthy with { Shares = [double.NaN, double.NaN] }).Flags);
        Assert.Equal(FitFlags.ScaleCheat, (Healthy with { LatentScale = 0.05 }).Flags);
        Assert.Equal(FitFlags.ScaleCheat, (Healthy with { LatentScale = double.NaN }).Flags);
        Assert.Equal(FitFlags.Overfitting, (Healthy with { EnergyGap = 2 }).Flags);
        Assert.Equal(FitFlags.SkippedSteps, (Healthy with { SkippedSteps = 1 }).Flags);
    }

    [Fact]
    public void Fit_StepsThatAreNotFinite_AreNotReportedHealthy()
    {
        var rows = OfflineFitTests.Clusters(400, 3);
        var options = new PaperFitOptions { Spec = ModelSpec.Paper(2, [4], 1, 2), Epochs = 2, BatchRows = 100 };
        var model = PaperFit.Fit(new FailingEngine(), rows, 400, options, null, TestContext.Current.CancellationToken);
        Assert.Equal(8, model.Diagnosis.SkippedSteps);
        Assert.True(model.Diagnosis.Flags.HasFlag(FitFlags.SkippedSteps));
    }

    [Fact]
    public void Fit_AsPublishedOnThreeClusters_ReportsShapeAndTermsOfEveryEpoch()
    {
        var (rows, trace) = (OfflineFitTests.Clusters(400, 3), new List<FitProgress>());
        var options = new PaperFitOptions { Spec = ModelSpec.Paper(2, [4], 1, 3), Epochs = 3, BatchRows = 100 };
        PaperFit.Fit(new SimdTrainingEngine(), rows, 400, options, new Recorder(trace), TestContext.Current.CancellationToken);
        var epochs = trace.Where(progress => progress.Terms is not null).ToArray();
        Assert.Equal(3, epochs.Length);
        Assert.All(epochs, epoch =>
        {
            var terms = epoch.Terms!.Value;
            Assert.Equal(epoch.Objective, terms.Reconstruction + (0.1 * terms.Energy) + (0.005 * terms.Penalty), 1e-6 * epoch.Objective);
            Assert.Equal(1, epoch.Shares!.Sum(), 1e-9);
        });
    }

    /// <summary>Gives an objective that is not a number on every step.</summary>
    private sealed class FailingEngine : ITrainingEngine
    {
        public string Name => "failing";

        public bool Supports(ModelSpec spec) => true;

        public StepResult Step(TrainingState state, ReadOnlySpan<float> batch, int rows, in StepOptions options) => new()
        {
            Objective = double.NaN, Reconstruction = double.NaN, Energy = double.NaN, Penalty = double.NaN, Applied = false,
            CholeskyRepairs = 0,
        };
    }

    private sealed class Recorder(List<FitProgress> trace) : IProgress<FitProgress>
    {
        public void Report(FitProgress value) => trace.Add(value);
    }
}
