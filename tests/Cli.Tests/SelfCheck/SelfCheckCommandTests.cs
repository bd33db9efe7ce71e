using System.Text.Json;
using DagmmStream.Cli.Terminal;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Cli.Tests.SelfCheck;

public sealed class SelfCheckCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task SelfCheck_GoldenFolder_PassesEveryCaseUnderEveryEngine()
    {
        var folder = Path.GetDirectoryName(SharedData.Golden("k2_d3.json"))!;
        var (code, output, error) = await RunAsync("selfcheck", "--golden", folder, "-o", "json");
        Assert.True(code == ExitCode.Success, error);
        using var json = JsonDocument.Parse(output);
        Assert.Equal(["cases", "passed", "failed"], json.RootElement.EnumerateObject().Select(property => property.Name));
        var cases = json.RootElement.GetProperty("cases").EnumerateArray().ToArray();
        Assert.All(cases, check => Assert.Equal(
            ["case", "engine", "precision", "energyError", "objectiveError", "gradientError", "passed"],
            check.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(cases.Length, json.RootElement.GetProperty("passed").GetInt32());
        Assert.Equal(
            ["managed double", "managed float", "scorer double", "simd float", "statistics double", "torch double", "torch float"],
            cases.Select(check => $"{check.GetProperty("engine")} {check.GetProperty("precision")}").Distinct()
                .Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("merge_shards.json", "\"phi\":[", "\"phi\":[1")]
    [InlineData("far_outlier_scoring.json", "\"mu\":[[", "\"mu\":[[1")]
    [InlineData("k2_d3.json", "\"J\":", "\"J\":1")]
    public async Task SelfCheck_WrongNumber_ExitsWithFailure(string file, string from, string to)
    {
        var text = await File.ReadAllTextAsync(SharedData.Golden(file), TestContext.Current.CancellationToken);
        Assert.Contains(from, text, StringComparison.Ordinal);
        _folder.Write(file, text.Replace(from, to, StringComparison.Ordinal));
        var (code, output, error) = await RunAsync("selfcheck", "--golden", _folder.Path, "-o", "json");
        Assert.True(code == ExitCode.Failed, output + error);
        using var json = JsonDocument.Parse(output);
        Assert.True(json.RootElement.GetProperty("failed").GetInt32() > 0);
    }

    [Fact]
    public async Task SelfCheck_FolderWithoutCases_SaysSo()
    {
        var (code, _, error) = await RunAsync("selfcheck", "--golden", _folder.Path);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("no golden vectors", error, StringComparison.Ordinal);
        _folder.Write("other.json", "{\"a\":1}");
        (code, _, error) = await RunAsync("selfcheck", "--golden", _folder.Path);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("neither a network", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = await DagmmCommand.RunAsync(args, new CliConsole(output, error), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
