using System.Text.Json;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Conformance;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Modeling.Tests.Statistics;

public class MixtureTests
{
    [Fact]
    public void Energy_FarFromTheMixture_KeepsGrowing()
    {
        var (root, scratch) = (Json("far_outlier_scoring.json"), new double[5]);
        var mixture = Mixture.Create(
            [.. Values(root, "phi").Select(value => Math.Log(value))], Values(root, "mu"), Values(root, "sigma"), 3, out var repairs);
        Assert.NotNull(mixture);
        Assert.Equal(0, repairs);
        var (z, expected, last) = (Values(root, "z"), Values(root, "energy"), double.NegativeInfinity);
        for (var i = 0; i < expected.Length; i++)
        {
            var energy = mixture.Energy(z.AsSpan(i * 3, 3), scratch);
            Assert.Equal(expected[i], energy, 1e-9 * Math.Max(1, Math.Abs(expected[i])));
            if (i > 0) Assert.True(energy > last);
            last = energy;
        }

        Assert.True(last > 1e12);
    }

    [Fact]
    public void Merge_GoldenShards_GivesTheMixtureOfTheUnion()
    {
        var root = Json("merge_shards.json");
        var (z, memberships) = (Values(root, "z"), Values(root, "gamma").Select(value => Math.Log(value)).ToArray());
        var merged = MixtureStatistics.Identity(2, 3);
        foreach (var shard in root.GetProperty("shards").EnumerateArray())
        {
            var (from, to) = (shard.GetProperty("rows")[0].GetInt32(), shard.GetProperty("rows")[1].GetInt32());
            var part = MixtureStatistics.Of(
                z.AsSpan(from * 3, (to - from) * 3), memberships.AsSpan(from * 2, (to - from) * 2), to - from, 2, 3);
            var (sums, scatter) = (Values(shard, "s"), Values(shard, "M2"));
            for (var k = 0; k < 2; k++) Assert.Equal(sums[k], Math.Exp(part.LogWeights[k]), 1e-12 * to);
            for (var j = 0; j < 18; j++) Assert.Equal(scatter[j], part.Covariances[j] * sums[j / 9], 1e-10);
            merged = MixtureStatistics.Merge(merged, part);
        }

        var mixture = Mixture.Estimate(merged, ModelSpec.Paper(5, [], 1, 2) with { CovarianceEpsilon = 0 }, new MemberSpec(), out _);
        Assert.NotNull(mixture);
        var (phi, mu, sigma) = (Values(root, "phi"), Values(root, "mu"), Values(root, "sigma"));
        for (var k = 0; k < 2; k++)
        {
            Assert.Equal(phi[k], Math.Exp(mixture.LogShares[k]), 1e-12);
            var covariance = mixture.Covariance(k);
            for (var j = 0; j < 9; j++) Assert.Equal(sigma[(k * 9) + j], covariance[j], 1e-10);
        }

        for (var j = 0; j < 6; j++) Assert.Equal(mu[j], mixture.Means[j], 1e-10);
    }

    [Fact]
    public void Create_RandomMatrix_FactorReconstructsIt()
    {
        var random = new CounterRandom(4, RandomPurpose.Sampling, 0);
        for (var d = 1; d <= 26; d++)
        {
            var (root, matrix, back) = (new double[d * d], new double[d * d], new double[d * d]);
            for (var i = 0; i < root.Length; i++) root[i] = random.NextGaussian();
            for (var i = 0; i < d; i++)
            for (var j = 0; j < d; j++)
            {
                for (var k = 0; k < d; k++) matrix[(i * d) + j] += root[(i * d) + k] * root[(j * d) + k];
                if (i == j) matrix[(i * d) + j] += 0.1;
            }

            var factor = CholeskyFactor.Create(matrix, d, out var repairs);
            Assert.NotNull(factor);
            Assert.Equal(0, repairs);
            factor.Reconstruct(back);
            for (var i = 0; i < matrix.Length; i++) Assert.Equal(matrix[i], back[i], 1e-11);
        }
    }

    [Fact]
    public void Create_SingularOrNotFinite_IsRepairedOrRefused()
    {
        Assert.NotNull(CholeskyFactor.Create([1, 1, 1, 1], 2, out var repairs));
        Assert.InRange(repairs, 1, 2);
        Assert.NotNull(CholeskyFactor.Create([0, 0, 0, 0], 2, out _));
        Assert.NotNull(CholeskyFactor.Create([1, 0, 0, -5], 2, out _));
        Assert.Null(CholeskyFactor.Create([1, 0, double.NaN, 1], 2, out _));
        Assert.Null(CholeskyFactor.Create([double.PositiveInfinity, 0, 0, 1], 2, out _));
    }

    [Fact]
    public void Estimate_MapRule_IsThePrototypesFormula()
    {
        // Two components at -1 and 3 of 3 and 1 rows, in one dimension: small enough to compute by hand from docs/model.md.
        double[] z = [-2, -1, 0, 3];
        var none = double.NegativeInfinity;
        var statistics = MixtureStatistics.Of(z, [0, none, 0, none, 0, none, none, 0], 4, 2, 1);
        var spec = ModelSpec.Lite(1) with { CovarianceRule = CovarianceRule.Map };
        var mixture = Mixture.Estimate(statistics, spec, new MemberSpec { PriorStrength = 5 }, out _);
        Assert.NotNull(mixture);
        double[] n = [3, 1], s1 = [-3, 3], s2 = [5, 9];
        var (mean, variance) = (0.0, 14.0 / 4);
        for (var k = 0; k < 2; k++)
        {
            var mu = (s1[k] + (0.01 * mean)) / (n[k] + 0.01);
            var raw = (s2[k] / (n[k] + 0.01)) - (mu * mu) + (0.01 / (n[k] + 0.01) * mean * mean);
            var a = 5 / (5 + n[k]);
            Assert.Equal(mu, mixture.Means[k], 1e-12);
            Assert.Equal(((1 - a) * raw) + ((a + 1e-4) * variance), mixture.Covariance(k)[0], 1e-12);
            Assert.Equal((n[k] + 0.01) / 4.02, Math.Exp(mixture.LogShares[k]), 1e-12);
        }
    }

    [Fact]
    public void Read_WhatWasWritten_HasTheSameEnergies()
    {
        var mixture = Mixture.Create([Math.Log(0.3), Math.Log(0.7)], [0, 1, 2, 3], [2, 1, 1, 2, 1, 0, 0, 1], 2, out _)!;
        var writer = new CheckpointWriter();
        mixture.Write(writer);
        var copy = Mixture.Read(new CheckpointReader(writer.ToArray()));
        Assert.Equal(mixture.Energy([0.5, 9], new double[4]), copy.Energy([0.5, 9], new double[4]));
    }

    private static JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(SharedData.Golden(file))).RootElement;

    private static double[] Values(JsonElement root, string key) => GoldenReader.Flat(root.GetProperty(key));
}
