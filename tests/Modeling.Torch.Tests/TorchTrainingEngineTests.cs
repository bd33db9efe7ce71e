using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using DagmmStream.Tests.Shared;
using TorchSharp;

namespace DagmmStream.Modeling.Torch.Tests;

public sealed class TorchTrainingEngineTests : TrainingEngineConformance
{
    private const double Tolerance = 1e-5;
    private const int Count = 300;
    private const int CollectedSteps = 400;

    private readonly TorchTrainingEngine _engine = new();

    protected override ITrainingEngine Engine => _engine;

    protected override IObjectiveEvaluator Evaluator => _engine;

    [Fact]
    public void Step_ManyTimes_LeavesNoLiveTensor()
    {
        var spec = ModelSpec.Stream(4);
        var state = WeightInitializer.Create(new ParameterLayout(spec), 1);
        var batch = Rows(32, 4, 0);
        var options = new StepOptions { LearningRate = 1e-3 };
        _engine.Step(state, batch, 32, options);
        // Counted on this thread: other tests may be within a step.
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (var i = 0; i < 300; i++) _engine.Step(state, batch, 32, options);
        Assert.Equal(before, DisposeScopeManager.Statistics.ThreadTotalLiveCount);
    }

    /// <summary>A number that nobody holds is freed by its finaliser while libtorch reads it.</summary>
    [Fact]
    public async Task Step_WhileTheCollectorRuns_GivesTheSameBits()
    {
        var expected = WeightInitializer.Create(new ParameterLayout(ModelSpec.Stream(4)), 1);
        var got = expected.Clone();
        var (batch, options) = (Rows(32, 4, 0), new StepOptions { LearningRate = 1e-3 });
        for (var i = 0; i < CollectedSteps; i++) _engine.Step(expected, batch, 32, options);
        using var stop = new CancellationTokenSource();
        var collector = Task.Run(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    GC.Collect(0, GCCollectionMode.Forced, blocking: true);
                    GC.WaitForPendingFinalizers();
                }
            },
            TestContext.Current.CancellationToken);
        for (var i = 0; i < CollectedSteps; i++) _engine.Step(got, batch, 32, options);
        await stop.CancelAsync();
        await collector;
        Assert.Equal(expected.Weights, got.Weights);
    }

    /// <summary>
    /// The frozen mixture of a snapshot, evaluated over Torch's forward pass in 64 bits, against the managed scorer. In 32 bits Torch
    /// itself is further from that reference: its logarithmic features round 1 - cos where the reconstruction is good.
    /// </summary>
    [Theory]
    [InlineData("paper")]
    [InlineData("stream")]
    [InlineData("deep")]
    public void Energies_OfASnapshot_AgreeWithTheManagedScorer(string model)
    {
        var spec = Spec(model) with { DropoutKeep = 1 };
        var layout = new ParameterLayout(spec);
        var state = WeightInitializer.Create(layout, 4);
        var rows = Rows(Count, spec.Features, 1);
        for (var step = 0; step < 30; step++) _engine.Step(state, rows, Count, new StepOptions { LearningRate = 2e-3 });
        var snapshot = SnapshotPublisher.Publish(layout, state.Weights, rows, Count, 1, PublishOptions.Stream).Snapshot!;
        using var scope = torch.NewDisposeScope();
        var scaled = new float[rows.Length];
        for (var i = 0; i < Count; i++)
            snapshot.Scaler.Transform(rows.AsSpan(i * spec.Features, spec.Features), scaled.AsSpan(i * spec.Features, spec.Features));
        var expected = Energies(snapshot, Latent(layout, state.Weights, scaled, torch.ScalarType.Float64));
        var inSingle = Energies(snapshot, Latent(layout, state.Weights, scaled, torch.ScalarType.Float32));
        var (scorer, got) = (new EnergyScorer(), new double[expected.Length]);
        var own = new double[spec.Members.Length];
        for (var i = 0; i < Count; i++)
        {
            scorer.Score(snapshot, rows.AsSpan(i * spec.Features, spec.Features), own);
            for (var m = 0; m < own.Length; m++) got[(m * Count) + i] = own[m];
        }

        var (error, errorInSingle) = (Error(expected, got), Error(expected, inSingle));
        Assert.True(error <= Tolerance, $"managed {error:E2}, Torch in single {errorInSingle:E2}");
    }

    private static double Error(double[] expected, double[] got) =>
        expected.Zip(got, (a, b) => Math.Abs(a - b) / Math.Max(1, Math.Abs(a))).Max();

    /// <summary>Energies [M, n] of z under the members' mixtures.</summary>
    private static double[] Energies(ModelSnapshot snapshot, double[] z)
    {
        var d = snapshot.Layout.Spec.LatentDimension;
        var (energies, point) = (new double[z.Length / d], new double[d]);
        for (var i = 0; i < energies.Length; i++)
        {
            var member = snapshot.Members[i / Count];
            for (var j = 0; j < d; j++) point[j] = (z[(i * d) + j] - member.LatentMean[j]) / member.LatentDeviation[j];
            energies[i] = member.Mixture.Energy(point, new double[member.Mixture.ScratchLength]);
        }

        return energies;
    }

    /// <summary>z [M, n, D] of Torch's forward pass.</summary>
    private static double[] Latent(ParameterLayout layout, float[] weights, float[] scaled, torch.ScalarType type)
    {
        var spec = layout.Spec;
        var members = new TorchMembers(layout, torch.tensor(weights, spec.Members.Length, layout.MemberLength).clone().to(type));
        var input = members.MapInput(torch.tensor(scaled, Count, spec.Features).clone().to(type));
        var code = members.Encode(input);
        return torch.cat([code, TorchReconstruction.Features(spec, input, members.Decode(code))], -1)
            .to(torch.ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
