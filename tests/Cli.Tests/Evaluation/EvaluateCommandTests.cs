using System.Text;
using System.Text.Json;
using DagmmStream.Cli.Evaluation;
using DagmmStream.Cli.Terminal;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Cli.Tests.Evaluation;

public sealed class EvaluateCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("robust")]
    [InlineData("paper")]
    public async Task Batch_SmallFile_PrintsFiguresAndControls(string preset)
    {
        var (code, output, error) = await RunAsync(
            "evaluate", "batch", "--data", "small", "--path", Write(), "--preset", preset, "--seeds", "2", "--epochs", "3", "-o", "json");
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(
            ["data", "preset", "seeds", "mean", "std", "controls", "failures"],
            json.RootElement.EnumerateObject().Select(property => property.Name));
        Assert.Equal(2, json.RootElement.GetProperty("seeds").GetArrayLength());
        Assert.Equal(
            ["precision", "recall", "f1", "rocAuc", "averagePrecision"],
            json.RootElement.GetProperty("mean").EnumerateObject().Select(property => property.Name));
        Assert.Equal(
            ["untrained", "mahalanobis", "pca", "gaussianMixture", "pcaRobustAsinh", "reconstruction"],
            json.RootElement.GetProperty("controls").EnumerateObject().Select(property => property.Name));
        if (preset == "robust") Assert.True(json.RootElement.GetProperty("mean").GetProperty("f1").GetDouble() > 0.9, output);
        var mahalanobis = json.RootElement.GetProperty("controls").GetProperty("mahalanobis").GetProperty("mean");
        Assert.True(mahalanobis.GetProperty("f1").GetDouble() > 0.9, output);
        Assert.Equal(
            ["nan", "cholesky", "collapsed"], json.RootElement.GetProperty("failures").EnumerateObject().Select(property => property.Name));
        Assert.Equal(0, json.RootElement.GetProperty("failures").GetProperty("nan").GetInt32());
    }

    [Fact]
    public void Read_KddCup_GivesThePapersFeatures()
    {
        var data = LabelledDataReader.Read(LabelledDataReader.KddCup, SharedData.Data("kddcup99/kddcup.data_10_percent.gz"));
        Assert.Equal((494_021, 120, 97_278), (data.Count, data.Features, data.Anomalies.Count(anomaly => anomaly)));
        var row = data.Rows.AsSpan(34, 120 - 34).ToArray();
        Assert.Equal(6, row.Sum());
        Assert.All(row, value => Assert.True(value is 0 or 1));
    }

    [Fact]
    public void Of_HalfSplit_TrainsOnNormalRowsOfTheOtherHalf()
    {
        var data = new LabelledData("x", 1, new float[101], [.. Enumerable.Range(0, 101).Select(i => i % 5 == 0)], 0.2);
        var split = DataSplit.Of(data, 3);
        Assert.Equal(51, split.Test.Length);
        Assert.Empty(split.Training.Intersect(split.Test));
        Assert.All(split.Training, i => Assert.False(data.Anomalies[i]));
        Assert.Equal(split.Test, DataSplit.Of(data, 3).Test);
        Assert.NotEqual(split.Test, DataSplit.Of(data, 4).Test);
    }

    [Fact]
    public void Of_KnownScores_GivesTheFiguresByHand()
    {
        var figures = DetectionFigures.Of([5, 4, 3, 2, 1], [true, false, true, false, false], 0.4);
        Assert.Equal(0.5, figures.Precision!.Value, 1e-12);
        Assert.Equal(0.5, figures.Recall!.Value, 1e-12);
        Assert.Equal(0.5, figures.F1!.Value, 1e-12);
        Assert.Equal(5.0 / 6, figures.RocAuc!.Value, 1e-12);
        Assert.Equal((1 + (2.0 / 3)) / 2, figures.AveragePrecision!.Value, 1e-12);
    }

    [Fact]
    public async Task Batch_BrokenFile_NamesLineAndColumn()
    {
        var file = _folder.Write("bad.csv", "a,b,label\n1,2,0\n1,zz,0\n");
        var (code, _, error) = await RunAsync("evaluate", "batch", "--data", "x", "--path", file);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("line 3, column 2: \"zz\"", error, StringComparison.Ordinal);
    }

    private string Write()
    {
        var random = new CounterRandom(5, RandomPurpose.Sampling, 0);
        var text = new StringBuilder("a,b,c,d,e,label\n");
        for (var i = 0; i < 400; i++)
        {
            var anomaly = i % 10 == 0;
            for (var j = 0; j < 5; j++) text.Append(FormattableString.Invariant($"{random.NextGaussian() + (anomaly ? 9 : 0):R},"));
            text.Append(anomaly ? "1\n" : "0\n");
        }

        return _folder.Write("small.csv", text.ToString());
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DagmmCommand.RunAsync(args, new CliConsole(output, error), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
