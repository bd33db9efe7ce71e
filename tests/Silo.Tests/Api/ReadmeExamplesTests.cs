using System.Diagnostics;
using System.Text.RegularExpressions;

namespace DagmmStream.Silo.Tests.Api;

/// <summary>The curl examples of the README, run as they stand but for the address.</summary>
[Collection(ApiCollection.Name)]
public partial class ReadmeExamplesTests(ApiFixture api)
{
    // curl's exit code when --max-time ends a call: a live one never ends by itself.
    private const int TimedOut = 28;

    [Fact]
    public async Task Readme_CurlExamples_RunAsTheyStand()
    {
        var readme = Find("README.md") ?? throw new InvalidOperationException("no README.md above the tests");
        if (!File.Exists("/usr/bin/curl")) Assert.Skip("curl is not installed");
        var outputs = new List<string>();
        foreach (Match block in ShellBlock().Matches(await File.ReadAllTextAsync(readme, TestContext.Current.CancellationToken)))
            outputs.Add(await RunAsync(block.Groups["text"].Value));
        Assert.True(outputs.Count >= 4, "the README has fewer shell examples than expected");
        Assert.Contains("\"accepted\":1000", outputs[1], StringComparison.Ordinal);
        Assert.Contains("\"accepted\":1,", outputs[2], StringComparison.Ordinal);
        Assert.Contains("event: scores", outputs[3], StringComparison.Ordinal);
    }

    private async Task<string> RunAsync(string script)
    {
        var address = api.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        script = script.Replace("http://127.0.0.1:8080", address, StringComparison.Ordinal)
            .Replace("curl -sfN", "curl --max-time 2 -sfN", StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/bash", ["-euo", "pipefail", "-c", script])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var shell = Process.Start(start)!;
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(shell.ExitCode is 0 or TimedOut, $"exit code {shell.ExitCode} of:\n{script}\n{output}");
        return output;
    }

    private static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DagmmStream.sln"))) return Path.Combine(folder.FullName, name);
        return null;
    }

    [GeneratedRegex(@"^```sh\r?\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ShellBlock();
}
