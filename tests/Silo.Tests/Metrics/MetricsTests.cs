using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Metrics;

[Collection(MetricsCollection.Name)]
public partial class MetricsTests(ApiFixture api)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterEvents_CountThem()
    {
        var stream = await FilledAsync();
        var text = await ScrapeAsync();
        Assert.Matches($@"dagmm_events_total\{{[^}}]*outcome=""accepted"",stream=""{stream}""[^}}]*\}} 1000\b", text);
        Assert.Matches($@"dagmm_model_version\w*\{{[^}}]*stream=""{stream}""[^}}]*\}} [1-9]", text);
        Assert.Matches(@"dagmm_training_steps_total\w*\{[^}]*\} [1-9]", text);
        Assert.Matches(@"dagmm_score_duration_seconds_bucket\{[^}]*le=""2[Ee]-06""", text);
    }

    [Theory]
    [InlineData("deploy/grafana/dashboards/overview.json")]
    [InlineData("deploy/grafana/dashboards/training.json")]
    [InlineData("deploy/prometheus/rules.yml")]
    [InlineData("docs/metrics.md")]
    public async Task Metrics_NamedInFile_AreThere(string file)
    {
        await FilledAsync();
        var text = await ScrapeAsync();
        var names = MetricName().Matches(await File.ReadAllTextAsync(Path.Combine(Root(), file), Token))
            .Select(match => match.Value).Distinct().ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.Contains($"\n{name}{(name.EndsWith("_bucket", StringComparison.Ordinal) ? "{" : "")}", text,
            StringComparison.Ordinal));
    }

    [Fact]
    public void Grafana_Files_AreJsonWithTheProvisionedDataSource()
    {
        foreach (var file in Directory.GetFiles(Path.Combine(Root(), "deploy/grafana/dashboards"), "*.json"))
        {
            using var dashboard = JsonDocument.Parse(File.ReadAllText(file));
            Assert.All(dashboard.RootElement.GetProperty("panels").EnumerateArray(), panel =>
                Assert.Equal("dagmm-prometheus", panel.GetProperty("datasource").GetProperty("uid").GetString()));
        }
    }

    [Theory]
    [InlineData("check config deploy/prometheus/prometheus.yml")]
    [InlineData("check rules deploy/prometheus/rules.yml")]
    [InlineData("test rules deploy/prometheus/rules.test.yml")]
    public async Task Promtool_Files_Pass(string arguments)
    {
        if (!File.Exists("/usr/bin/promtool")) Assert.Skip("promtool is not installed (Debian's package prometheus)");
        using var tool = Process.Start(new ProcessStartInfo("/usr/bin/promtool", arguments.Split(' '))
        {
            WorkingDirectory = Root(), RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = await tool.StandardOutput.ReadToEndAsync(Token) + await tool.StandardError.ReadToEndAsync(Token);
        await tool.WaitForExitAsync(Token);
        Assert.True(tool.ExitCode == 0, output);
    }

    internal static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "DagmmStream.sln"))) return folder.FullName;
        throw new InvalidOperationException("the tests run outside of the repository");
    }

    private async Task<string> FilledAsync()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(900), ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        await api.PushAsync(stream, ApiFixture.Events(100, 950, first: 900), ApiFixture.Csv);
        var shared = await api.CreateStreamAsync(partitions: 2);
        await api.PushAsync(shared, ApiFixture.Events(600), ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{shared}/checkpoint"));
        await api.Cluster.GetGrain<IRoundGrain>(shared).RunAsync(Token);
        return stream;
    }

    private async Task<string> ScrapeAsync()
    {
        using var reply = await api.Http.GetAsync(new Uri("/metrics", UriKind.Relative), Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
        return await reply.Content.ReadAsStringAsync(Token);
    }

    [GeneratedRegex(@"\bdagmm_\w+")]
    private static partial Regex MetricName();
}
