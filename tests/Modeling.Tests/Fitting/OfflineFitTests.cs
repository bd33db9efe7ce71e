using DagmmStream.Modeling.Evaluation;
using DagmmStream.Modeling.Fitting;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Modeling.Tests.Fitting;

public class OfflineFitTests
{
    private static readonly double[][] Centres = [[0, 0], [8, 0], [4, 7]];

    [Fact]
    public void Fit_SeparatedClusters_FindsThemInInputUnits()
    {
        var rows = Clusters(1500, 6);
        var model = OfflineFit.Fit(rows, 1500, 2, OfflineFitOptions.Clusters with { Components = 3, Seed = 6 }, null, Token);
        Assert.Equal(3, model.Diagnosis.LiveComponents);
        Assert.Equal(FitFlags.None, model.Diagnosis.Flags);
        var found = model.ToInput(model.PublishedMember);
        foreach (var centre in Centres)
        {
            var distance = Enumerable.Range(0, 3).Min(k => Math.Max(
                Math.Abs(found.Means[2 * k] - centre[0]), Math.Abs(found.Means[(2 * k) + 1] - centre[1])));
            Assert.True(distance < 0.2, $"no mean near ({centre[0]}, {centre[1]})");
        }

        Assert.All(Enumerable.Range(0, 3), k => Assert.Equal(1, found.Covariance(k)[0], 0.25));
    }

    [Fact]
    public void Fit_MoreComponentsThanClusters_ChoosesTheClusters()
    {
        var options = OfflineFitOptions.Clusters with { Components = 6, ChooseComponents = true, Seed = 7 };
        var model = OfflineFit.Fit(Clusters(1500, 7), 1500, 2, options, null, Token);
        Assert.Equal(3, model.Members[model.PublishedMember].Mixture.Components);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(9, false)]
    public void Fit_ClustersOfOneOrDifferentShapes_SharesTheCovarianceOrNot(double narrower, bool shared)
    {
        var rows = Clusters(1500, 8);
        // The cluster around (0, 0) gets another width.
        for (var i = 0; i < rows.Length; i += 2)
            if (Math.Abs(rows[i]) < 4 && rows[i + 1] < 3.5)
                for (var j = i; j < i + 2; j++) rows[j] /= (float)narrower;
        var model = OfflineFit.Fit(rows, 1500, 2, OfflineFitOptions.Clusters with { Components = 3 }, null, Token);
        var member = model.Members[model.PublishedMember];
        Assert.Equal(shared, member.SharesCovariance);
        Assert.Equal(shared, member.Mixture.Covariance(0).SequenceEqual(member.Mixture.Covariance(2)));
        Assert.Equal(3, model.Diagnosis.LiveComponents);
    }

    [Fact]
    public void Fit_MoreRowsThanAMemberUses_GivesEachMemberItsOwn()
    {
        const int features = 6;
        var rows = Noise(400, features, 4);
        var options = OfflineFitOptions.Robust with { Members = 2, MaximumRows = 100, Steps = 0 };
        var model = OfflineFit.Fit(rows, 400, features, options, null, Token);
        Assert.NotEqual(model.Members[0].Autoencoder.Axes.ToArray(), model.Members[1].Autoencoder.Axes.ToArray());
        var whole = OfflineFit.Fit(rows, 400, features, options with { MaximumRows = 400 }, null, Token);
        Assert.Equal(whole.Members[0].Autoencoder.Axes.ToArray(), whole.Members[1].Autoencoder.Axes.ToArray());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(12)]
    public void Fit_SameSeed_GivesTheSameScores(int features)
    {
        var rows = Noise(300, features, 1);
        var options = OfflineFitOptions.Robust with { Members = 2 };
        var first = OfflineFit.Fit(rows, 300, features, options, null, Token).Score(rows, 300, Token);
        Assert.Equal(first, OfflineFit.Fit(rows, 300, features, options, null, Token).Score(rows, 300, Token));
        Assert.NotEqual(first, OfflineFit.Fit(rows, 300, features, options with { Seed = 2 }, null, Token).Score(rows, 300, Token));
    }

    [Fact]
    public void Score_RowsFarOutside_RankAboveTrainingRows()
    {
        const int features = 30;
        var rows = Noise(1200, features, 3);
        var model = OfflineFit.Fit(rows, 1000, features, OfflineFitOptions.Robust with { Members = 2 }, null, Token);
        var test = rows[(1000 * features)..];
        for (var i = 0; i < 40; i++)
            for (var j = 0; j < 6; j++) test[(i * features) + (5 * j)] += 8;
        var scores = model.Score(test, 200, Token);
        Assert.True(RankingMetrics.RocAuc(scores, [.. Enumerable.Range(0, 200).Select(i => i < 40)]) > 0.97);
        Assert.Equal(scores[150], model.Score(test.AsSpan(150 * features, features), 1, Token)[0], 1e-4);
    }

    [Fact]
    public void Fit_HeavyTailedConstantAndBinaryColumns_StaysFinite()
    {
        var rows = Noise(500, 8, 5);
        for (var i = 0; i < 500; i++)
        {
            rows[i * 8] = (float)Math.Exp(6 * rows[i * 8]);
            rows[(i * 8) + 1] = 7;
            rows[(i * 8) + 2] = rows[(i * 8) + 2] > 1 ? 1 : 0;
        }

        var model = OfflineFit.Fit(rows, 500, 8, OfflineFitOptions.Robust with { Members = 2 }, null, Token);
        Assert.True(model.IsHeavyTailed);
        Assert.Equal(0, model.Diagnosis.SkippedSteps + model.Diagnosis.CholeskyRepairs);
        Assert.All(model.Score(rows, 500, Token), score => Assert.True(double.IsFinite(score)));
        Assert.Throws<InvalidOperationException>(() => model.ToInput(0));
    }

    [Fact]
    public void Fit_FewRowsInManyDimensions_ReportsOverfitting()
    {
        const int features = 64;
        var options = OfflineFitOptions.Robust with { Members = 1, Latent = 12, Components = 3, PriorWeight = 1e-6 };
        var model = OfflineFit.Fit(Noise(48, features, 8), 48, features, options, null, Token);
        Assert.True(model.Diagnosis.EnergyGap > 0);
        Assert.True(model.Diagnosis.Flags.HasFlag(FitFlags.Overfitting));
    }

    [Fact]
    public void Fit_ValueThatIsNotFinite_Throws()
    {
        var rows = Noise(50, 3, 1);
        rows[7] = float.NaN;
        Assert.Throws<ArgumentException>(() => OfflineFit.Fit(rows, 50, 3, null, null, Token));
    }

    [Fact]
    public void Fit_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        var rows = Noise(200, 5, 1);
        source.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => OfflineFit.Fit(rows, 200, 5, null, null, source.Token));
    }

    [Theory]
    [InlineData(2, 2, 2, 2)]
    [InlineData(6, 1, 1840, 4)]
    [InlineData(120, 5, 200_000, 8)]
    [InlineData(274, 8, 193, 3)]
    public void Robust_Shapes_FollowTheRules(int features, int latent, int rows, int components)
    {
        Assert.Equal(latent, OfflineFitOptions.Robust.LatentOf(features));
        Assert.Equal(components, OfflineFitOptions.Robust.ComponentsOf(rows));
    }

    [Fact]
    public void Validate_ValueOutOfRange_NamesIt()
    {
        Assert.Equal("Members", Assert.Throws<ArgumentOutOfRangeException>(
            () => (OfflineFitOptions.Robust with { Members = 0 }).Validate()).ParamName);
        Assert.Equal("PriorWeight", Assert.Throws<ArgumentOutOfRangeException>(
            () => (OfflineFitOptions.Robust with { PriorWeight = double.NaN }).Validate()).ParamName);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    internal static float[] Clusters(int count, ulong seed)
    {
        var (rows, random) = (new float[count * 2], new CounterRandom(seed, RandomPurpose.Sampling, 99));
        for (var i = 0; i < count; i++)
        {
            var centre = Centres[random.NextInt32(3)];
            for (var j = 0; j < 2; j++) rows[(2 * i) + j] = (float)(centre[j] + random.NextGaussian());
        }

        return rows;
    }

    private static float[] Noise(int count, int features, ulong seed)
    {
        var random = new CounterRandom(seed, RandomPurpose.Sampling, 98);
        var rows = new float[count * features];
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)random.NextGaussian();
        return rows;
    }
}
