using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using DagmmStream.Tests.Shared;
using TorchSharp;

namespace DagmmStream.Modeling.Torch.Tests;

public sealed class TorchTrainingEngineTests : TrainingEngineConformance
{
    // Both networks are in float, and the logarithmic features magnify its rounding where the reconstruction is good.
    private const double Tolerance = 1e-4;

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

    /// <summary>The frozen mixture of a snapshot, evaluated over Torch's forward pass, against the managed scorer.</summary>
    [Theory]
    [InlineData("paper")]
    [InlineData("stream")]
    [InlineData("deep")]
    public void Energies_OfASnapshot_AgreeWithTheManagedScorer(string model)
    {
        var spec = Spec(model) with { DropoutKeep = 1 };
        var layout = new ParameterLayout(spec);
        var state = WeightInitializer.Create(layout, 4);
        const int Count = 300;
        var rows = Rows(Count, spec.Features, 1);
        for (var step = 0; step < 30; step++) _engine.Step(state, rows, Count, new StepOptions { LearningRate = 2e-3 });
        var snapshot = SnapshotPublisher.Publish(layout, state.Weights, rows, Count, 1, PublishOptions.Stream).Snapshot!;
        var scorer = new EnergyScorer();
        using var scope = torch.NewDisposeScope();
        var scaled = new float[rows.Length];
        for (var i = 0; i < Count; i++)
            snapshot.Scaler.Transform(rows.AsSpan(i * spec.Features, spec.Features), scaled.AsSpan(i * spec.Features, spec.Features));
        var z = Latent(layout, state.Weights, scaled, Count);
        var energies = new double[spec.Members.Length];
        for (var i = 0; i < Count; i++)
        {
            scorer.Score(snapshot, rows.AsSpan(i * spec.Features, spec.Features), energies);
            for (var m = 0; m < energies.Length; m++)
            {
                var member = snapshot.Members[m];
                var point = new double[spec.LatentDimension];
                for (var j = 0; j < point.Length; j++)
                    point[j] = (z[(((m * Count) + i) * point.Length) + j] - member.LatentMean[j]) / member.LatentDeviation[j];
                var expected = member.Mixture.Energy(point, new double[member.Mixture.ScratchLength]);
                var error = Math.Abs(expected - energies[m]) / Math.Max(1, Math.Abs(expected));
                Assert.True(error <= Tolerance, $"{energies[m]}, Torch {expected}");
            }
        }
    }

    private static double[] Latent(ParameterLayout layout, float[] weights, float[] scaled, int count)
    {
        var spec = layout.Spec;
        var members = new TorchMembers(layout, torch.tensor(weights, spec.Members.Length, layout.MemberLength).clone());
        var input = members.MapInput(torch.tensor(scaled, count, spec.Features).clone());
        var code = members.Encode(input);
        return torch.cat([code, TorchReconstruction.Features(spec, input, members.Decode(code))], -1)
            .to(torch.ScalarType.Float64).contiguous().data<double>().ToArray();
    }
}
