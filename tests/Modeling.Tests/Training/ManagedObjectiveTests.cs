using DagmmStream.Modeling.Conformance;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Training;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Modeling.Tests.Training;

public class ManagedObjectiveTests
{
    [Theory]
    [InlineData(Precision.Double)]
    [InlineData(Precision.Single)]
    public void Evaluate_EveryGoldenCase_IsWithinTolerance(Precision precision)
    {
        var checks = SharedData.NetworkCases().Select(
            path => GoldenCheck.Run(GoldenCase.Load(path), new ManagedObjective(), precision)).ToArray();
        Assert.True(checks.All(check => check.Passed), string.Join('\n', checks.Where(check => !check.Passed)));
        Assert.All(checks, check => Assert.Null(check.GradientError));
    }

    [Fact]
    public void EvaluateIn_EveryGoldenCase_GivesTheMixture()
    {
        foreach (var golden in SharedData.NetworkCases().Select(GoldenCase.Load))
        {
            var got = ManagedObjective.EvaluateIn<double>(
                golden.Spec, golden.Weights, golden.Batch, golden.Rows, golden.DropoutMask, out var mixture);
            Assert.NotNull(mixture);
            AssertClose(golden.Expected.LogShares, mixture.LogShares.ToArray(), 1e-9, golden.Name);
            AssertClose(golden.Expected.Means, mixture.Means.ToArray(), 1e-9, golden.Name);
            AssertClose(
                golden.Expected.Covariances, [.. Enumerable.Range(0, mixture.Components).SelectMany(mixture.Covariance)], 1e-9,
                golden.Name);
            Assert.Equal(1, got.Penalty / golden.Expected.Penalty, 1e-9);
            Assert.Equal(1, got.Reconstruction / golden.Expected.Reconstruction, 1e-9);
        }
    }

    private static void AssertClose(double[] expected, double[] got, double tolerance, string name)
    {
        Assert.Equal(expected.Length, got.Length);
        var scale = expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - got[i]) <= tolerance * scale, $"{name}[{i}]: {expected[i]} {got[i]}");
    }
}
