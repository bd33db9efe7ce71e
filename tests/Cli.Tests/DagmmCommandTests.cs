using System.Text;
using System.Text.Json;
using DagmmStream.Cli.Terminal;

namespace DagmmStream.Cli.Tests;

/// <summary>The command line end to end, in process, with an embedded silo.</summary>
public sealed class DagmmCommandTests : IDisposable
{
    private const int Events = 2500;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("unknown")]
    [InlineData("demo --rate 0")]
    [InlineData("demo --seconds -1")]
    [InlineData("replay missing.csv")]
    [InlineData("tail s --count 0")]
    [InlineData("tail s --store x.db")]
    [InlineData("tail s --embedded --endpoint a:1")]
    [InlineData("health --endpoint localhost")]
    public async Task RunAsync_WrongArguments_ExitsWithUsage(string arguments)
    {
        var (code, output, error) = await RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(ExitCode.Usage, code);
        Assert.Empty(output);
        Assert.StartsWith("dagmm: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_SmallFile_AcknowledgesEveryEventAndPrintsTheSummary()
    {
        var (code, output, error) = await ReplayAsync(Write("small.csv"), "--scores", _folder.File("scores.csv"));
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        var summary = json.RootElement;
        Assert.Equal(
            ["events", "acknowledged", "rejected", "duplicates", "steps", "checkpoints", "snapshotVersion", "rocAuc", "averagePrecision",
                "eventsPerSecond", "errors"],
            summary.EnumerateObject().Select(property => property.Name));
        Assert.Equal(Events, Number(summary, "events"));
        Assert.Equal(Events, Number(summary, "acknowledged"));
        Assert.Equal(0, Number(summary, "errors") + Number(summary, "rejected") + Number(summary, "duplicates"));
        Assert.True(Number(summary, "steps") > 0 && Number(summary, "checkpoints") > 0 && Number(summary, "snapshotVersion") > 0);
        Assert.True(summary.GetProperty("rocAuc").GetDouble() > 0.9, output);
        var scores = await File.ReadAllLinesAsync(_folder.File("scores.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(Events + 1, scores.Length);
        Assert.Equal(Enumerable.Range(0, Events).Select(i => $"{i}"), scores.Skip(1).Select(line => line.Split(',')[0]));
    }

    [Fact]
    public async Task Replay_InterruptedAndRunAgain_GivesTheFiguresOfTheWholeFile()
    {
        var file = Write("whole.csv");
        var (_, undisturbed, _) = await ReplayAsync(file, "--store", _folder.File("one.db"));
        await ReplayAsync(file, "--store", _folder.File("two.db"), "--limit", "1500");
        var (code, output, error) = await ReplayAsync(file, "--store", _folder.File("two.db"));
        Assert.Equal(ExitCode.Success, code);
        Assert.Contains("resuming after 1,500 accepted events", error, StringComparison.Ordinal);
        using var first = JsonDocument.Parse(undisturbed);
        using var second = JsonDocument.Parse(output);
        foreach (var figure in (string[])["events", "acknowledged", "rejected", "errors"])
            Assert.Equal(Number(first.RootElement, figure), Number(second.RootElement, figure));
        Assert.True(second.RootElement.GetProperty("rocAuc").GetDouble() > 0.9, output);
    }

    [Fact]
    public async Task Replay_BadLines_AreReportedCountedAndLeftOut()
    {
        var file = Write("bad.csv", (5, "1,x,3,0"), (9, "1,2,0"), (12, "1,NaN,3,0"));
        var (code, output, error) = await ReplayAsync(file);
        Assert.Equal(ExitCode.Success, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(3, Number(json.RootElement, "rejected"));
        Assert.Equal(Events - 3, Number(json.RootElement, "acknowledged"));
        Assert.Contains("line 7: column b: \"x\" is not a number", error, StringComparison.Ordinal);
        Assert.Contains("line 11: 3 columns, expected 4", error, StringComparison.Ordinal);
        Assert.Contains("line 14: column b: \"NaN\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_OtherSchemaUnderTheSameName_FailsAndNamesTheRemedy()
    {
        var store = _folder.File("a.db");
        await ReplayAsync(Write("first.csv"), "--store", store, "--stream", "s", "--limit", "10");
        var (code, output, error) = await ReplayAsync(_folder.Write("second.csv", "u,label\n1,0\n"), "--store", store, "--stream", "s");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Empty(output);
        Assert.Contains("stream \"s\" has the features a, b, c, the file has u", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TailAndStreams_AfterAReplay_ReadTheStoredScores()
    {
        var store = _folder.File("a.db");
        await ReplayAsync(Write("tail.csv"), "--store", store, "--limit", "300");
        var (code, output, _) = await RunAsync("tail", "tail", "--from", "0", "-n", "20", "-o", "csv", "--embedded", "--store", store);
        Assert.Equal(ExitCode.Success, code);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(21, lines.Length);
        Assert.StartsWith("19,", lines[20], StringComparison.Ordinal);
        (code, output, _) = await RunAsync("streams", "list", "-o", "json", "--embedded", "--store", store);
        Assert.Equal(ExitCode.Success, code);
        using var json = JsonDocument.Parse(output);
        Assert.Equal("tail", Assert.Single(json.RootElement.EnumerateArray()).GetProperty("name").GetString());
        (code, _, var error) = await RunAsync("tail", "nobody", "-n", "1", "--embedded", "--store", store);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("no stream \"nobody\"", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_InterruptedAfterTheFirstFind_PrintsTheSummary()
    {
        // How long the warm-up takes is the machine's affair.
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await using var output = new WatchedWriter("ANOMALOUS, injected", stop.Cancel);
        await using var error = new StringWriter();
        var code = await DagmmCommand.RunAsync(["demo", "--seconds", "600"], new CliConsole(output, error), stop.Token);
        Assert.True(code == ExitCode.Interrupted, error.ToString());
        Assert.Contains("ROC-AUC", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("training steps", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Demo_OneSecond_EndsWithTheSummaryAndItsPage()
    {
        var (code, output, error) = await RunAsync("demo", "--seconds", "1", "--stay", "false");
        Assert.True(code == ExitCode.Success, error);
        Assert.Contains("training steps", output, StringComparison.Ordinal);
        Assert.Contains("it ends with the demo; --stay keeps it up", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_NothingThere_Fails()
    {
        var (code, output, error) = await RunAsync("health", "--endpoint", "http://127.0.0.1:1");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Empty(output);
        Assert.StartsWith("dagmm: ", error, StringComparison.Ordinal);
    }

    // Two correlated features and a third; late enough for a model to be there, every 25th event is far away.
    private string Write(string name, params (int Row, string Line)[] replaced)
    {
        var text = new StringBuilder("a,b,c,label\n");
        for (var i = 0; i < Events; i++)
        {
            var anomaly = i > 1000 && i % 25 == 0;
            var (a, c) = (Math.Sin(i * 1.7), Math.Cos(i * 0.37));
            var line = FormattableString.Invariant(
                $"{a + (anomaly ? 9 : 0):R},{(2 * a) + (0.1 * Math.Sin(i * 7.1)):R},{c:R},{(anomaly ? 1 : 0)}");
            text.Append(replaced.FirstOrDefault(bad => bad.Row == i).Line ?? line).Append('\n');
        }

        return _folder.Write(name, text.ToString());
    }

    private static long Number(JsonElement summary, string name) => summary.GetProperty(name).GetInt64();

    private static Task<(int Code, string Output, string Error)> ReplayAsync(string file, params string[] more) =>
        RunAsync(["replay", file, "--embedded", "--label-column", "label", "-o", "json", .. more]);

    private static Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) => Commands.RunAsync(arguments);
}
