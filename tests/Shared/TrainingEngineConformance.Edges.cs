using DagmmStream.Modeling.Training;
using Xunit;

namespace DagmmStream.Tests.Shared;

/// <content>Dropout's key, and mixtures at their edge.</content>
public abstract partial class TrainingEngineConformance
{
    /// <summary>So low a logit that the component's memberships vanish in float and in double.</summary>
    private const float StarvedLogit = -1000;

    [Fact]
    public void Step_Dropout_DependsOnSeedAndStepOnly()
    {
        const int Late = 5;
        var initial = State("paper-dropout");
        StepResult At(ulong seed, long step, long updates) => Engine.Step(
            new TrainingState(initial.Layout, [.. initial.Weights], [.. initial.FirstMoment], [.. initial.SecondMoment], seed, step,
                updates),
            Batch(initial, 0), 48, new StepOptions { LearningRate = 1e-3 });

        Assert.Equal(At(9, Late, updates: 0), At(9, Late, updates: 3));
        Assert.NotEqual(At(9, Late, updates: 0).Energy, At(9, Late + 1, updates: 0).Energy);
        Assert.NotEqual(At(9, Late, updates: 0).Energy, At(10, Late, updates: 0).Energy);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Step_StarvedComponent_IsAppliedAndStaysFinite(string model)
    {
        var state = State(model);
        var last = state.Layout.Estimation[^1];
        for (var member = 0; member < state.Layout.Spec.Members.Length; member++)
            state.Weights[(member * state.Layout.MemberLength) + last.BiasOffset] = StarvedLogit;

        var result = Run(state, 0, 20);

        Assert.True(double.IsFinite(result.Energy) && double.IsFinite(result.Penalty), result.ToString());
        Assert.All(state.Weights, weight => Assert.True(float.IsFinite(weight)));
        Assert.All(state.SecondMoment, moment => Assert.True(float.IsFinite(moment)));
    }
}
