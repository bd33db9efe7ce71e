using System.Text;
using System.Text.Json;

namespace DagmmStream.Cli.Tests.Replay;

public sealed class ReplayInputsTests : IDisposable
{
    private const int Events = 900;

    private static readonly string[] Inputs =
    [
        "--categorical", "kind=8", "--boolean", "on", "--cyclic", "angle=360", "--counter", "total", "--missing", "mean", "--lags", "1",
        "--calendar", "hourOfDay,dayOfWeek", "--lateness", "60", "--time-column", "at", "--label-column", "label",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Replay_TypedColumnsWithGaps_LearnsThemAllAndKeepsTheDefinition()
    {
        var (file, store) = (_folder.Write("typed.csv", Text()), _folder.File("a.db"));
        var (code, output, error) = await Commands.RunAsync(["replay", file, "--embedded", "--store", store, "-o", "json", .. Inputs]);
        Assert.True(code == ExitCode.Success, error);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(Events, summary.RootElement.GetProperty("acknowledged").GetInt64());
        Assert.Equal(0, summary.RootElement.GetProperty("rejected").GetInt64());
        Assert.True(summary.RootElement.GetProperty("snapshotVersion").GetInt64() > 0);

        (_, output, _) = await Commands.RunAsync("streams", "describe", "typed", "--embedded", "--store", store);
        using var described = JsonDocument.Parse(output);
        var inputs = described.RootElement.GetProperty("definition").GetProperty("inputs");
        var types = inputs.GetProperty("types").EnumerateArray().ToDictionary(type => type.GetProperty("feature").GetString()!);
        Assert.Equal(["categorical", "boolean", "cyclic", "counter", "numeric"],
            new[] { "kind", "on", "angle", "total", "load" }.Select(name => Kind(types[name])));
        Assert.Equal((8, 360.0, 1), (types["kind"].GetProperty("maxCategories").GetInt32(),
            types["angle"].GetProperty("period").GetDouble(), inputs.GetProperty("lags").GetInt32()));
        var partition = described.RootElement.GetProperty("partitions")[0];
        Assert.Equal(Events / 10, partition.GetProperty("imputed").GetInt64());
        Assert.Equal(1, partition.GetProperty("late").GetInt64());

        (code, _, error) = await Commands.RunAsync(
            "replay", file, "--embedded", "--store", store, "--label-column", "label", "--time-column", "at", "--categorical", "kind");
        Assert.Equal(ExitCode.Failed, code);
        Assert.Contains("feature \"kind\" of stream \"typed\" is Categorical (missing: Mean)", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Replay_EmptyFieldWithoutPolicy_IsLeftOutAndNamesTheOption()
    {
        var file = _folder.Write("gap.csv", "a,b\n1,2\n3,\n5,6\n");
        var (code, output, error) = await Commands.RunAsync("replay", file, "--embedded", "-o", "json");
        Assert.Equal(ExitCode.Success, code);
        using var summary = JsonDocument.Parse(output);
        Assert.Equal(1, summary.RootElement.GetProperty("rejected").GetInt64());
        Assert.Contains("line 3: column b: \"\" is not a number; let something stand in with --missing", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--cyclic a", "--cyclic a: use NAME=LENGTH")]
    [InlineData("--cyclic a=-1", "--cyclic a: use NAME=LENGTH")]
    [InlineData("--categorical a=x", "--categorical a=x: use NAME or NAME=COUNT")]
    [InlineData("--lags 65", "--lags 65: use 0 to 64")]
    [InlineData("--lateness -1", "--lateness -1")]
    public async Task Replay_WrongInputs_ExitsWithUsageAndNamesThem(string arguments, string message)
    {
        var file = _folder.Write("x.csv", "a,b\n1,2\n");
        var (code, _, error) = await Commands.RunAsync(["replay", file, "--embedded", .. arguments.Split(' ')]);
        Assert.Equal(ExitCode.Usage, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--boolean a --counter a", ExitCode.Failed, "feature \"a\" is called Boolean and Counter")]
    [InlineData("--boolean z", ExitCode.Failed, "\"z\"")]
    [InlineData("--categorical z", ExitCode.Failed, "--categorical \"z\": no such column")]
    public async Task Replay_InputsThatDoNotFit_FailsAndNamesThem(string arguments, int expected, string message)
    {
        var file = _folder.Write("x.csv", "a,b\n1,2\n");
        var (code, _, error) = await Commands.RunAsync(["replay", file, "--embedded", .. arguments.Split(' ')]);
        Assert.Equal(expected, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    private static string Kind(JsonElement type) => type.GetProperty("kind").GetString()!;

    // Every tenth event lacks its load; the last but one is an hour late.
    private static string Text()
    {
        var (text, start) = (new StringBuilder("at,kind,on,angle,total,load,label\n"), DateTimeOffset.UnixEpoch.AddYears(50));
        for (var i = 0; i < Events; i++)
        {
            var time = start.AddSeconds(i == Events - 2 ? i - 3600 : i);
            var load = i % 10 == 3 ? "" : FormattableString.Invariant($"{Math.Sin(i * 0.7):F3}");
            text.Append(FormattableString.Invariant(
                $"{time:O},{"xyz"[i % 3]},{(i % 2 == 0 ? "true" : "false")},{i * 7 % 360},{i * 5},{load},{(i == 700 ? 1 : 0)}\n"));
        }

        return text.ToString();
    }
}
