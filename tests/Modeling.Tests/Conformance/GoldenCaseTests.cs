using DagmmStream.Modeling.Conformance;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Modeling.Tests.Conformance;

public class GoldenCaseTests
{
    [Fact]
    public void Load_EveryNetworkCase_HasConsistentTerms()
    {
        foreach (var path in SharedData.NetworkCases())
        {
            var golden = GoldenCase.Load(path);
            var member = golden.Spec.Members[0];
            var objective = golden.Expected.Reconstruction + (member.EnergyWeight * golden.Expected.Energy)
                + (member.PenaltyWeight * golden.Expected.Penalty);
            Assert.Equal(1, objective / golden.Expected.Objective, 1e-12);
            Assert.Equal(golden.Expected.Energy, golden.Expected.Energies.Average(), 1e-9);
            Assert.True(golden.Weights.Length == golden.Gradient.Length && golden.Gradient.Any(value => value != 0));
        }
    }

    [Fact]
    public void Load_FileOfAnotherFormat_ThrowsInvalidData()
    {
        var path = SharedData.Golden("merge_shards.json");
        Assert.False(GoldenCase.IsNetworkCase(path));
        Assert.Throws<InvalidDataException>(() => GoldenCase.Load(path));
    }
}
