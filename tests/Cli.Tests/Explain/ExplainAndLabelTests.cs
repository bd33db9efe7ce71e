using System.Text;
using System.Text.Json;

namespace DagmmStream.Cli.Tests.Explain;

public sealed class ExplainAndLabelTests : IDisposable
{
    private const int Events = 1300;
    private const int Outlier = 1250;
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ExplainAndLabel_AnAnomalyOfAReplay_SayWhyAndMoveTheDecision()
    {
        var store = _folder.File("a.db");
        var (code, _, error) = await ReplayAsync(store, "--scores", _folder.File("scores.csv"));
        Assert.True(code == ExitCode.Success, error);
        Assert.Equal("anomalous", Verdict(_folder.File("scores.csv"), Outlier));

        (code, var output, _) = await RunAsync(store, "explain", "pump", $"{Outlier}", "-o", "json");
        Assert.Equal(ExitCode.Success, code);
        using var explanation = JsonDocument.Parse(output);
        var worst = explanation.RootElement.GetProperty("features").EnumerateArray()
            .MaxBy(feature => Math.Abs(feature.GetProperty("value").GetDouble()));
        Assert.Equal("a", worst.GetProperty("name").GetString());
        Assert.Equal(40, worst.GetProperty("value").GetDouble(), 1e-4);

        (code, output, _) = await RunAsync(store, "explain", "pump", $"{Outlier}");
        Assert.Equal(ExitCode.Success, code);
        foreach (var heading in (string[])["energy beyond the median", "feature", "expected", "residual"])
            Assert.Contains(heading, output, StringComparison.Ordinal);

        (code, output, _) = await RunAsync(store, "label", "pump", $"{Outlier}", "normal");
        Assert.Equal(ExitCode.Success, code);
        Assert.StartsWith("1 labels; events are anomalous at p <= ", output, StringComparison.Ordinal);
        (_, output, _) = await RunAsync(store, "label", "pump", $"{Outlier}", "none", "-o", "json");
        using var labels = JsonDocument.Parse(output);
        Assert.Equal(0, labels.RootElement.GetProperty("labels").GetArrayLength());

        (code, _, error) = await RunAsync(store, "explain", "pump", "999999");
        Assert.Equal(ExitCode.Failed, code);
        Assert.StartsWith("dagmm: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_BackFill_LearnsWithoutAlarms()
    {
        var store = _folder.File("b.db");
        var (code, output, error) = await ReplayAsync(store, "--back-fill", "--scores", _folder.File("scores.csv"));
        Assert.True(code == ExitCode.Success, error);
        using var summary = JsonDocument.Parse(output);
        Assert.True(summary.RootElement.GetProperty("snapshotVersion").GetInt64() > 1);
        var lines = await File.ReadAllLinesAsync(_folder.File("scores.csv"), TestContext.Current.CancellationToken);
        Assert.Equal(Events + 1, lines.Length);
        Assert.DoesNotContain(lines, line => line.Contains("anomalous", StringComparison.OrdinalIgnoreCase));
        (_, output, _) = await RunAsync(store, "streams", "describe", "pump");
        using var described = JsonDocument.Parse(output);
        var partition = described.RootElement.GetProperty("partitions")[0];
        Assert.Equal(Events, partition.GetProperty("accepted").GetInt64());
        Assert.True(partition.GetProperty("trained").GetInt64() >= Events - 128);
    }

    private static string Verdict(string scores, int offset)
    {
        var lines = File.ReadAllLines(scores);
        var column = Array.IndexOf(lines[0].Split(','), "verdict");
        return lines[offset + 1].Split(',')[column].ToLowerInvariant();
    }

    private Task<(int Code, string Output, string Error)> ReplayAsync(string store, params string[] more)
    {
        var text = new StringBuilder("a,b\n");
        for (var i = 0; i < Events; i++)
            text.Append(FormattableString.Invariant($"{(i == Outlier ? 40 : Math.Sin(i * 1.7)):R},{Math.Cos(i * 0.37):R}\n"));
        return RunAsync(store, ["replay", _folder.Write("pump.csv", text.ToString()), "-o", "json", .. more]);
    }

    private static Task<(int Code, string Output, string Error)> RunAsync(string store, params string[] arguments) =>
        Commands.RunAsync([.. arguments, "--embedded", "--store", store]);
}
