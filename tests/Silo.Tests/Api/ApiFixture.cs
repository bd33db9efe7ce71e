using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DagmmStream.Grains.Hosting;
using DagmmStream.Silo.Embedded;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Silo.Tests.Api;

/// <summary>One silo for the tests of the HTTP API; every test has streams of its own.</summary>
public sealed class ApiFixture : IAsyncLifetime
{
    public const string Csv = "text/csv";
    public const string Ndjson = "application/x-ndjson";
    private readonly TempFolder _folder = new();
    private EmbeddedSilo _silo = null!;
    private int _streams;

    public HttpClient Http { get; private set; } = null!;

    public IClusterClient Cluster => _silo.Client;

    /// <summary>On a busy machine partitions answer late; a round without them is right, and not what most tests are about.</summary>
    public static void WaitForPartitions(IServiceCollection services) =>
        services.Configure<DagmmGrainOptions>(options => options.RoundDeadline = TimeSpan.FromSeconds(30));

    public async ValueTask InitializeAsync()
    {
        _silo = await EmbeddedSilo.StartAsync(
            new EmbeddedSiloOptions { StorePath = _folder.File("api.db"), ConfigureServices = WaitForPartitions });
        Http = new HttpClient { BaseAddress = _silo.HttpAddress };
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    /// <summary>Creates a stream with the features a and b.</summary>
    public async Task<string> CreateStreamAsync(int partitions = 1)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"s{Interlocked.Increment(ref _streams)}");
        using var reply = await Http.PostAsJsonAsync(
            "/api/v1/streams", new { name, features = new[] { "a", "b" }, preset = "lite", partitions },
            TestContext.Current.CancellationToken);
        reply.EnsureSuccessStatusCode();
        return name;
    }

    /// <summary>Posts a text and reads the JSON of the answer.</summary>
    public async Task<(int Status, JsonElement Body)> PushAsync(
        string stream, string body, string type, string query = "", string? idempotencyKey = null)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/events{query}") { Content = content };
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        return await SendAsync(request);
    }

    /// <summary>Sends a request and reads the JSON of the answer.</summary>
    public async Task<(int Status, JsonElement Body)> SendAsync(HttpRequestMessage request)
    {
        using var reply = await Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)reply.StatusCode, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement);
    }

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => SendAsync(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>CSV with a time column: one event per second, the last feature of event <paramref name="peak"/> far out.</summary>
    public static string Events(int count, int peak = -1, int first = 0)
    {
        var text = new StringBuilder("time,a,b\n");
        for (var i = first; i < first + count; i++)
        {
            var time = DateTimeOffset.UnixEpoch.AddSeconds(i);
            var b = i == peak ? 50 : Math.Cos(i / 7.0);
            text.Append(CultureInfo.InvariantCulture, $"{time:O},{Math.Sin(i / 9.0):F4},{b:F4}\n");
        }

        return text.ToString();
    }
}
