using DagmmStream.Modeling.Conformance;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Modeling.Tests.Conformance;

public class GoldenCheckTests
{
    [Theory]
    [InlineData(Precision.Double, 1e-13, true)]
    [InlineData(Precision.Double, 1e-8, false)]
    [InlineData(Precision.Single, 5e-5, true)]
    [InlineData(Precision.Single, 2e-4, false)]
    public void Run_GradientOff_PassesWithinTheTolerance(Precision precision, double error, bool passed) =>
        Assert.Equal(passed, Check(GoldenCase.Load(SharedData.Golden("k2_d3.json")), precision, error).Passed);

    [Fact]
    public void Run_ReferenceItselfOffInSingle_AllowsAFewTimesThat()
    {
        var golden = GoldenCase.Load(SharedData.Golden("k2_d3.json")) with { SingleGradientError = 3e-4 };
        Assert.True(Check(golden, Precision.Single, 1e-3).Passed);
        Assert.False(Check(golden, Precision.Single, 2e-3).Passed);
        Assert.False(Check(golden, Precision.Double, 1e-8).Passed);
        Assert.False(Check(golden with { SingleGradientError = double.NaN }, Precision.Single, 1e-6).Passed);
    }

    [Theory]
    [InlineData("est.", true)]
    [InlineData("enc.", false)]
    [InlineData("dec.", false)]
    public void Run_SingleRowUnderAnyName_ComparesAllButTheMemberships(string network, bool passed)
    {
        var golden = GoldenCase.Load(SharedData.Golden("single_row.json")) with { Name = "another" };
        Assert.Equal(passed, Check(golden, Precision.Double, 1e-3, network).Passed);
    }

    [Fact]
    public void Run_GradientThatIsZero_IsMeasuredAgainstTheObjective()
    {
        var golden = GoldenCase.Load(SharedData.Golden("k2_d3.json"));
        golden = golden with { Gradient = new double[golden.Gradient.Length] };
        Assert.True(Check(golden, Precision.Double, 1e-19, absolute: true).Passed);
        Assert.False(Check(golden, Precision.Double, 1e-6, absolute: true).Passed);
    }

    private static GoldenCheck Check(GoldenCase golden, Precision precision, double error, string network = "", bool absolute = false) =>
        GoldenCheck.Run(golden, new Shifted(golden, error, network, absolute), precision);

    /// <summary>Gives what is expected, with the largest value of each gradient block of a network off by an error.</summary>
    private sealed class Shifted(GoldenCase golden, double error, string network, bool absolute) : IObjectiveEvaluator
    {
        public string Name => "shifted";

        public bool Supports(Precision precision) => true;

        public ObjectiveEvaluation Evaluate(
            ModelSpec spec, ReadOnlySpan<double> weights, ReadOnlySpan<double> batch, int rows, ReadOnlySpan<double> dropoutMask,
            Precision precision)
        {
            var gradient = (double[])golden.Gradient.Clone();
            var scale = absolute ? 1 : gradient.Max(Math.Abs);
            foreach (var block in new ParameterLayout(spec).Blocks)
                if (block.Name.StartsWith(network, StringComparison.Ordinal)) gradient[block.Offset] += error * scale;
            return new ObjectiveEvaluation
            {
                Objective = golden.Expected.Objective, Reconstruction = golden.Expected.Reconstruction, Energy = golden.Expected.Energy,
                Penalty = golden.Expected.Penalty, Energies = golden.Expected.Energies, Gradient = gradient,
            };
        }
    }
}
