using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DagmmStream.Cli.Evaluation;
using DagmmStream.Cli.Terminal;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Cli.Tests.Evaluation;

public sealed class PrequentialCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Prequential_File_PrintsTheDocumentedFigures()
    {
        var (code, output, error) = await RunAsync("--input", _folder.Write("a.csv", Text(700)), "--seeds", "2", "-o", "json");
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        foreach (var name in (string[])["file", "n", "d", "rocAuc", "averagePrecision", "eventsPerSecond", "warmUp", "published",
            "rejectedByGuard", "failures", "ks", "controls"])
            Assert.True(json.RootElement.TryGetProperty(name, out _), name);
        Assert.Equal(["mean", "std"], Names(json.RootElement.GetProperty("rocAuc")));
        Assert.Equal(["maxZ", "mahalanobis", "untrained"], Names(json.RootElement.GetProperty("controls")));
        Assert.Equal(["rocAuc", "averagePrecision"], Names(json.RootElement.GetProperty("controls").GetProperty("untrained")));
        Assert.Equal((700, 3, 233), (Number(json, "n"), Number(json, "d"), Number(json, "warmUp")));
        Assert.True(json.RootElement.GetProperty("rocAuc").GetProperty("mean").GetDouble() > 0.9, output);
        Assert.True(json.RootElement.GetProperty("controls").GetProperty("maxZ").GetProperty("rocAuc").GetDouble() > 0.95, output);
    }

    [Theory]
    [InlineData("burst")]
    [InlineData("longFault")]
    [InlineData("regime")]
    public async Task Prequential_PartOfASyntheticStream_LeavesItsChecksOut(string kind)
    {
        var (code, output, error) = await RunAsync(
            "--synthetic", kind, "--rows", "600", "--seeds", "1", "--no-controls", "-o", "json");
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(600, Number(json, "n"));
        Assert.Empty(Names(json.RootElement.GetProperty("checks")));
    }

    [Fact]
    public async Task Prequential_Folder_HasARowPerFileAndTheMean()
    {
        _folder.Write("b.csv", Text(600));
        var zipped = Path.Combine(Path.GetDirectoryName(_folder.Write("notes.txt", "no data"))!, "a.csv.gz");
        await using (var stream = new GZipStream(File.Create(zipped), CompressionLevel.Fastest))
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Text(650)), TestContext.Current.CancellationToken);
        var (code, output, error) = await RunAsync(
            "--input", Path.GetDirectoryName(zipped)!, "--seeds", "1", "--no-controls", "-o", "json");
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        var files = json.RootElement.GetProperty("files").EnumerateArray().ToArray();
        Assert.Equal(["a.csv.gz", "b.csv"], files.Select(file => file.GetProperty("file").GetString()!));
        var mean = files.Average(file => file.GetProperty("rocAuc").GetProperty("mean").GetDouble());
        Assert.Equal(mean, json.RootElement.GetProperty("mean").GetProperty("rocAuc").GetDouble(), 1e-12);
    }

    [Fact]
    public async Task Prequential_FourPartitions_DetectAsOneDoes()
    {
        var path = _folder.Write("a.csv", Text(900));
        var (code, output, error) = await RunAsync(
            "--input", path, "--seeds", "1", "--no-controls", "--partitions", "4", "-o", "json");
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("rocAuc").GetProperty("mean").GetDouble() > 0.9, output);
        Assert.InRange(Number(json, "published"), 3, 6);
    }

    [Theory]
    [InlineData("--synthetic", "gradual", "--partitions", "0")]
    [InlineData("--synthetic", "burst", "--input", "x.csv")]
    [InlineData("--seeds", "1")]
    [InlineData("--synthetic", "gradual", "--shingle", "0")]
    public async Task Prequential_OptionsThatCannotBe_AreRefused(params string[] options)
    {
        var (code, _, error) = await RunAsync(options);
        Assert.Equal(ExitCode.Usage, code);
        Assert.StartsWith("dagmm: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prequential_TooFewRows_SaysHowManyAreNeeded()
    {
        var (code, _, error) = await RunAsync("--input", _folder.Write("a.csv", Text(100)));
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("a.csv: 100 events; at least 512 are needed", error, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrange_Shingle_JoinsConsecutiveRowsUnderTheLastLabel()
    {
        var data = new LabelledData("x", 2, [.. Enumerable.Range(0, 1200).Select(i => (float)i)], new bool[600], 0);
        data.Anomalies[2] = true;
        var joined = PrequentialData.Arrange(data, new PrequentialOptions { Shingle = 3 });
        Assert.Equal((6, 598), (joined.Features, joined.Count));
        Assert.Equal([0, 1, 2, 3, 4, 5], joined.Rows[..6]);
        Assert.Equal([2, 3, 4, 5, 6, 7], joined.Rows[6..12]);
        Assert.Equal(0, Array.IndexOf(joined.Anomalies, true));
    }

    [Fact]
    public void Arrange_ShuffleCutAndNormalFirst_KeepRowsWithTheirLabels()
    {
        var data = new LabelledData(
            "x", 1, [.. Enumerable.Range(0, 2000).Select(i => (float)i)], [.. Enumerable.Range(0, 2000).Select(i => i % 4 == 0)], 0);
        var options = new PrequentialOptions { Shuffle = true, Rows = 1000, WarmUpLabelledNormal = 300 };
        var (one, again) = (PrequentialData.Arrange(data, options), PrequentialData.Arrange(data, options));
        Assert.Equal(one.Rows, again.Rows);
        Assert.Equal(1000, one.Rows.Distinct().Count());
        Assert.All(Enumerable.Range(0, 1000), i => Assert.Equal(one.Rows[i] % 4 == 0, one.Anomalies[i]));
        Assert.DoesNotContain(true, one.Anomalies[..300]);
        var tooMany = options with { WarmUpLabelledNormal = 900 };
        Assert.Throws<DagmmStream.Cli.Csv.CsvFormatException>(() => PrequentialData.Arrange(data, tooMany));
    }

    [Theory]
    [InlineData(600, 200)]
    [InlineData(2000, 256)]
    [InlineData(20_000, 2000)]
    public void WarmUp_Count_IsTenPercentWithinItsBounds(int count, int expected) =>
        Assert.Equal(expected, PrequentialData.WarmUp(count));

    [Fact]
    public void Score_RunningControls_GiveTheFiguresByHand()
    {
        var data = new LabelledData("x", 1, [1, 3, 2, 8], new bool[4], 0);
        // Mean and population deviation before each value: -, (1, 0), (2, 1), (2, sqrt 2/3).
        var maxZ = RunningControls.MaxZ(data);
        Assert.Equal(0, maxZ[2], 1e-6);
        Assert.Equal(6 / Math.Sqrt(2.0 / 3), maxZ[3], 1e-6);
        Assert.Equal(maxZ[3] * maxZ[3], RunningControls.Mahalanobis(data)[3], 1e-3);
    }

    private static string Text(int count)
    {
        var random = new CounterRandom(5, RandomPurpose.Sampling, 0);
        var text = new StringBuilder("a,b,c,label\n");
        for (var i = 0; i < count; i++)
        {
            var anomaly = i % 20 == 7;
            for (var j = 0; j < 3; j++) text.Append(FormattableString.Invariant($"{random.NextGaussian() + (anomaly ? 9 : 0):R},"));
            text.Append(anomaly ? "1\n" : "0\n");
        }

        return text.ToString();
    }

    private static int Number(JsonDocument json, string name) => json.RootElement.GetProperty(name).GetInt32();

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        string[] command = ["evaluate", "prequential", .. args];
        var code = await DagmmCommand.RunAsync(command, new CliConsole(output, error), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
