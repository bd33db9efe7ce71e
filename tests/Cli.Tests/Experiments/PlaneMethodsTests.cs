using System.Text.Json;
using System.Xml.Linq;
using DagmmStream.Cli.Experiments;
using DagmmStream.Cli.Terminal;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Cli.Tests.Experiments;

public class PlaneMethodsTests
{
    [Theory]
    [InlineData("separated")]
    [InlineData("overlapping")]
    [InlineData("anisotropic_unbalanced")]
    public void Baselines_SharedPoints_GiveTheReferenceFigures(string name)
    {
        var points = PlanePoints.Read(SharedData.Data($"three_gaussians/three_gaussians_{name}.csv"));
        var reference = Path.Combine(SharedData.Root!, "reference", "three_gaussians_baselines.json");
        if (!File.Exists(reference)) Assert.Skip("the reference figures are absent from the shared directory");
        using var json = JsonDocument.Parse(File.ReadAllBytes(reference));
        var expected = json.RootElement.GetProperty(name);
        Compare(points, PlaneMethods.KMeans(points.Training, 3, 1), expected.GetProperty("KMeans"), 0.005);
        Compare(points, PlaneMethods.Ward(points.Training, 3), expected.GetProperty("Agglomerative_ward"), 1e-6);
        Compare(points, PlaneMethods.Dbscan(points.Training), expected.GetProperty("DBSCAN_eps0.5_min10"), 0.02);
        Compare(
            points, PlaneMethods.Em(points.Training, 3, 1, TestContext.Current.CancellationToken),
            expected.GetProperty("GaussianMixture_EM_kmeans_init"), 0.03);
        // Stick-breaking depends on the order of the clusters: one of the orders has the reference's fixed point.
        Assert.Contains(Enumerable.Range(1, 12), seed =>
        {
            var found = BayesianMixture.Fit(points.Training, 3, 1.0 / 3, 1, seed, TestContext.Current.CancellationToken);
            return Difference(points, found, expected.GetProperty("BayesianGaussianMixture_K3"), 0.003) is null;
        });
    }

    [Fact]
    public void Bayesian_MoreComponentsThanClusters_LeavesTheClusters()
    {
        var points = PlanePoints.Sample("separated", 3);
        var found = BayesianMixture.Fit(points.Training, 10, 0.01, 1, 1, TestContext.Current.CancellationToken);
        Assert.Equal(3, found.Mixture.Shares.Count(share => share > 0.01));
    }

    [Fact]
    public async Task ThreeGaussians_GridAndReport_WritesOnePageWithItsPictures()
    {
        using var folder = new TempFolder();
        var output = await RunAsync(
            "experiment", "three-gaussians", "--seeds", "1", "--epochs", "3", "--grid", "--report", folder.Path, "-o", "json");
        using var json = JsonDocument.Parse(output);
        Assert.Equal(25, json.RootElement.GetProperty("grid").GetArrayLength());
        Assert.Equal(
            ["DAGMM robust", "DAGMM paper", "EM", "Bayesian mixture", "KMeans", "Ward", "DBSCAN"],
            json.RootElement.GetProperty("methods").EnumerateArray().Select(method => method.GetProperty("method").GetString()!));
        var page = XDocument.Load(Path.Combine(folder.Path, "index.html"));
        var ids = page.Descendants().Attributes("id").Select(id => id.Value).ToArray();
        Assert.Equal(ids.Distinct().Count(), ids.Length);
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
        foreach (var name in (string[])["dagmm-robust", "dagmm-paper", "em", "bayesian-mixture", "objective", "shares", "grid"])
        {
            Assert.Contains(name, ids);
            Assert.True(File.Exists(Path.Combine(folder.Path, $"{name}.svg")), name);
        }
    }

    [Fact]
    public async Task ClusterNumber_OneSample_FindsOneToSix()
    {
        var output = await RunAsync("experiment", "cluster-number", "--seeds", "1", "-o", "json");
        using var json = JsonDocument.Parse(output);
        var rows = json.RootElement.GetProperty("rows").EnumerateArray().ToArray();
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.Select(row => row.GetProperty("clusters").GetInt32()));
        Assert.All(rows, row => Assert.True(row.GetProperty("right").GetInt32() == 1, output));
        Assert.All(rows, row => Assert.InRange(row.GetProperty("surplusGap").GetDouble(), -0.05, 0.1));
    }

    [Fact]
    public void Match_RandomCosts_IsTheBestPermutation()
    {
        double[,] cost = { { 4, 1, 3, 9 }, { 2, 0, 5, 8 }, { 3, 2, 2, 7 } };
        Assert.Equal([1, 0, 2], ClusterAgreement.Match(cost));
        double[,] tall = { { 4, 1 }, { 2, 0 }, { 1, 9 } };
        Assert.Equal([-1, 1, 0], ClusterAgreement.Match(tall));
    }

    [Fact]
    public void AdjustedRand_KnownClusterings_GivesTheValueByHand()
    {
        Assert.Equal(1, ClusterAgreement.AdjustedRand([0, 0, 1, 1], [5, 5, 2, 2]), 1e-12);
        Assert.Equal(0.5714285714, ClusterAgreement.AdjustedRand([0, 0, 1, 1], [0, 0, 1, 2]), 1e-9);
        Assert.Equal(0, ClusterAgreement.MutualInformation([0, 0, 1, 1], [0, 1, 0, 1]), 1e-12);
        Assert.Equal(1, ClusterAgreement.MutualInformation([0, 0, 1, 1], [3, 3, 4, 4]), 1e-12);
    }

    [Theory]
    [InlineData("3")]
    [InlineData("6")]
    public async Task ThreeGaussians_Separated_RobustFindsTheTruth(string components)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DagmmCommand.RunAsync(
            ["experiment", "three-gaussians", "--components", components, "--seeds", "1", "--epochs", "5", "-o", "json"],
            new CliConsole(output, error), TestContext.Current.CancellationToken);
        Assert.True(code == ExitCode.Success, error.ToString());
        using var json = JsonDocument.Parse(output.ToString());
        Assert.Equal(["config", "components", "methods"], json.RootElement.EnumerateObject().Select(property => property.Name));
        var robust = json.RootElement.GetProperty("methods")[0];
        Assert.Equal(
            ["method", "ari", "nmi", "muRmse", "sigmaError", "phiError", "w2", "logLikelihoodGap", "liveComponents", "std"],
            robust.EnumerateObject().Select(property => property.Name));
        Assert.Equal("DAGMM robust", robust.GetProperty("method").GetString());
        Assert.True(robust.GetProperty("ari").GetDouble() > 0.98, output.ToString());
        Assert.Equal(3, robust.GetProperty("liveComponents").GetDouble());
    }

    private static async Task<string> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DagmmCommand.RunAsync(args, new CliConsole(output, error), TestContext.Current.CancellationToken);
        Assert.True(code == ExitCode.Success, error.ToString());
        return output.ToString();
    }

    private static void Compare(PlanePoints points, (int[] Labels, PlaneMixture Mixture) found, JsonElement expected, double tolerance) =>
        Assert.Null(Difference(points, found, expected, tolerance));

    /// <summary>The first figure that is off; null if none is.</summary>
    private static string? Difference(
        PlanePoints points, (int[] Labels, PlaneMixture Mixture) found, JsonElement expected, double tolerance)
    {
        var figures = ExperimentFigures.Of(points, found.Labels, found.Mixture);
        (string Key, double? Got)[] all =
        [
            ("ari", figures.Ari), ("nmi", figures.Nmi), ("mu_rmse", figures.MuRmse), ("sigma_rel_frobenius", figures.SigmaError),
            ("weight_l1", figures.PhiError), ("bures_w2_mean", figures.W2), ("heldout_gap_to_truth", figures.LogLikelihoodGap),
        ];
        return Array.Find(all, one => !(Math.Abs(expected.GetProperty(one.Key).GetDouble() - one.Got!.Value) <= tolerance)) is
        { Key: { } key, Got: var got } ? $"{key}: {got}, expected {expected.GetProperty(key)}" : null;
    }
}
