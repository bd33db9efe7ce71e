using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Metrics;

/// <summary>Debian's Prometheus with the shipped rules, against a running silo.</summary>
[Collection(MetricsCollection.Name)]
public class PrometheusTests(ApiFixture api)
{
    private const string Program = "/usr/bin/prometheus";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_InjectedAnomaly_FireForItsStream()
    {
        Assert.SkipUnless(File.Exists(Program), $"there is no {Program}: install Debian's package prometheus");
        using var folder = new TempFolder();
        var port = FreePort();
        await File.WriteAllTextAsync(folder.File("prometheus.yml"), Configuration(), Token);
        using var prometheus = Start(folder, port);
        try
        {
            using var http = new HttpClient { BaseAddress = new UriBuilder("http", "127.0.0.1", port).Uri };
            var stream = await api.CreateStreamAsync();
            await api.PushAsync(stream, ApiFixture.Events(900), ApiFixture.Csv);
            await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));

            // What is counted before the anomaly is known to Prometheus: an increase needs a value before it.
            await UntilAsync(http, $"/api/v1/query?query=dagmm_events_total{{stream=\"{stream}\"}}", data =>
                data.GetProperty("result").GetArrayLength() > 0);
            var before = await AlertsAsync(http, stream);
            Assert.DoesNotContain("DagmmAnomalies", before);
            await api.PushAsync(stream, ApiFixture.Events(100, 950, first: 900), ApiFixture.Csv);
            await UntilAsync(http, "/api/v1/alerts", data => Firing(data, stream).Contains("DagmmAnomalies"));
            await UntilAsync(http, "/api/v1/query?query=up{job=\"dagmm\"}", data =>
                data.GetProperty("result")[0].GetProperty("value")[1].GetString() == "1");
        }
        finally
        {
            prometheus.Kill();
            await prometheus.WaitForExitAsync(Token);
        }
    }

    private string Configuration() => $"""
        global:
          scrape_interval: 200ms
          evaluation_interval: 200ms
        rule_files:
          - {Path.Combine(MetricsTests.Root(), "deploy/prometheus/rules.yml")}
        scrape_configs:
          - job_name: dagmm
            static_configs:
              - targets: ["{api.Http.BaseAddress!.Authority}"]
        """;

    private static Process Start(TempFolder folder, int port) => System.Diagnostics.Process.Start(new ProcessStartInfo(Program,
        [
            $"--config.file={folder.File("prometheus.yml")}", $"--storage.tsdb.path={folder.File("data")}",
            string.Create(CultureInfo.InvariantCulture, $"--web.listen-address=127.0.0.1:{port}"), "--log.level=error",
        ]))!;

    private static IEnumerable<string> Firing(JsonElement data, string stream) => data.GetProperty("alerts").EnumerateArray()
        .Where(alert => alert.GetProperty("state").GetString() == "firing"
            && alert.GetProperty("labels").TryGetProperty("stream", out var label) && label.GetString() == stream)
        .Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!);

    private static async Task<string[]> AlertsAsync(HttpClient http, string stream)
    {
        var reply = await http.GetFromJsonAsync<JsonElement>("/api/v1/alerts", Token);
        return [.. Firing(reply.GetProperty("data"), stream)];
    }

    /// <summary>Asks until the answer is the one that is waited for; the test's own time limit ends it.</summary>
    private static async Task UntilAsync(HttpClient http, string path, Func<JsonElement, bool> isThere)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Token);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        var last = "no answer";
        try
        {
            while (await timer.WaitForNextTickAsync(limit.Token))
            {
                try
                {
                    var reply = await http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative), limit.Token);
                    last = reply.ToString();
                    if (isThere(reply.GetProperty("data"))) return;
                }
                catch (HttpRequestException)
                {
                    // It is starting.
                    continue;
                }
            }
        }
        catch (OperationCanceledException) when (!Token.IsCancellationRequested)
        {
            Assert.Fail($"waited a minute for {path}; the last answer was {last}");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
