using DagmmStream.Modeling.Conformance;
using DagmmStream.Modeling.Training;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Modeling.Tests.Conformance;

public class GoldenConditioningTests
{
    [Fact]
    public void Of_WellConditionedCase_IsFarBelowTheTolerances()
    {
        var conditioning = GoldenConditioning.Of(GoldenCase.Load(SharedData.Golden("k2_d3.json")), new ManagedObjective());
        Assert.InRange(conditioning.Objective, 1e-12, 1e-6);
        Assert.InRange(conditioning.Energy, 1e-12, 2e-6);
    }

    [Fact]
    public void Of_NearlySingularCase_IsWhatTheReferenceFoundInSingle()
    {
        var golden = GoldenCase.Load(SharedData.Golden("near_singular_eps1e-12.json"));
        var reference = Math.Abs(golden.SingleObjective - golden.Expected.Objective) / golden.Expected.Objective;
        Assert.InRange(GoldenConditioning.Of(golden, new ManagedObjective()).Objective, reference / 10, reference * 10);
    }
}
