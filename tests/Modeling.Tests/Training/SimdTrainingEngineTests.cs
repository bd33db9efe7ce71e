using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Modeling.Tests.Training;

public sealed class SimdTrainingEngineTests : TrainingEngineConformance
{
    private readonly SimdTrainingEngine _engine = new();

    protected override ITrainingEngine Engine => _engine;

    protected override IObjectiveEvaluator Evaluator => _engine;

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_AfterTheFirst_AllocatesNothing(string model)
    {
        var state = WeightInitializer.Create(new ParameterLayout(Spec(model)), 1);
        var batch = Rows(128, state.Layout.Spec.Features, 0);
        var options = new StepOptions { LearningRate = 1e-3 };
        for (var i = 0; i < 3; i++) _engine.Step(state, batch, 128, options);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 50; i++) _engine.Step(state, batch, 128, options);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(53, state.Updates);
    }
}
