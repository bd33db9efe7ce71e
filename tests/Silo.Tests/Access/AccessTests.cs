using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Embedded;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Silo.Tests.Access;

public sealed class AccessTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly CapturedLog _log = new();
    private KeyFile _keys = null!;
    private EmbeddedSilo _silo = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _keys = new KeyFile(_folder.File("keys.json"), TimeProvider.System);
        _keys.Create("first", [ApiScope.Read]);
        _silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions
        {
            StorePath = _folder.File("a.db"),
            LogLevel = LogLevel.Information,
            ConfigureServices = services =>
            {
                services.AddSingleton<ILoggerProvider>(_log);
                services.Configure<AccessOptions>(access =>
                {
                    access.KeysFile = _keys.Location;
                    access.RequireKeyOnLoopback = true;
                    access.RequestsPerSecondPerKey = 20;
                });
            },
        });
        _http = new HttpClient { BaseAddress = _silo.HttpAddress };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _silo.DisposeAsync();
        _log.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("GET", "/api/v1/streams")]
    [InlineData("POST", "/api/v1/streams")]
    [InlineData("GET", "/api/v1/cluster")]
    [InlineData("GET", "/api/v1/live?streams=s")]
    [InlineData("POST", "/api/v1/streams/s/events")]
    public async Task Request_WithoutKey_Is401(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var reply = await _http.SendAsync(request, Token);
        Assert.Equal(401, (int)reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/health/live")]
    [InlineData("/openapi/v1.json")]
    public async Task Request_ForWhatHoldsNoData_NeedsNoKey(string path)
    {
        using var reply = await _http.GetAsync(new Uri(path, UriKind.Relative), Token);
        Assert.True(reply.IsSuccessStatusCode);
        Assert.Contains("script-src 'self';", reply.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.False(reply.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Scopes_EachKey_MayDoItsOwnAndNoMore()
    {
        var (read, ingest, admin) = (Key(ApiScope.Read), Key(ApiScope.Ingest), Key(ApiScope.Admin));
        Assert.Equal(403, await StatusAsync(read, HttpMethod.Post, "/api/v1/streams", Definition("scoped")));
        Assert.Equal(201, await StatusAsync(admin, HttpMethod.Post, "/api/v1/streams", Definition("scoped")));
        Assert.Equal(200, await StatusAsync(read, HttpMethod.Get, "/api/v1/streams/scoped"));
        Assert.Equal(403, await StatusAsync(ingest, HttpMethod.Get, "/api/v1/streams/scoped"));
        Assert.Equal(200, await StatusAsync(ingest, HttpMethod.Get, "/api/v1/streams/scoped/definition"));
        Assert.Equal(200, await StatusAsync(ingest, HttpMethod.Get, "/api/v1/streams/scoped/watermark?producer=p"));
        Assert.Equal(403, await StatusAsync(read, HttpMethod.Get, "/api/v1/streams/scoped/watermark?producer=p"));
        Assert.Equal(200, await StatusAsync(ingest, HttpMethod.Post, "/api/v1/streams/scoped/events", Csv()));
        Assert.Equal(403, await StatusAsync(read, HttpMethod.Post, "/api/v1/streams/scoped/events", Csv()));
        Assert.Equal(403, await StatusAsync(read, HttpMethod.Delete, "/api/v1/streams/scoped"));
        Assert.Contains(_log.Lines, line => line.Contains("POST /api/v1/streams -> 403", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.Contains("POST /api/v1/streams -> 201", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Contains(admin, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Prefix_OtherStreams_AreForbiddenAndNotListed()
    {
        var admin = Key(ApiScope.Admin);
        var mine = _keys.Create("pumps", [ApiScope.Admin], "pump-");
        await StatusAsync(admin, HttpMethod.Post, "/api/v1/streams", Definition("pump-1"));
        await StatusAsync(admin, HttpMethod.Post, "/api/v1/streams", Definition("boiler-1"));
        Assert.Equal(200, await StatusAsync(mine, HttpMethod.Get, "/api/v1/streams/pump-1"));
        Assert.Equal(403, await StatusAsync(mine, HttpMethod.Get, "/api/v1/streams/boiler-1"));
        Assert.Equal(403, await StatusAsync(mine, HttpMethod.Get, "/api/v1/streams/boiler-1/scores"));
        Assert.Equal(403, await StatusAsync(mine, HttpMethod.Get, "/api/v1/live?streams=pump-1,boiler-1"));
        Assert.Equal(403, await StatusAsync(mine, HttpMethod.Post, "/api/v1/streams/boiler-1/events", Csv()));
        Assert.Equal(403, await StatusAsync(mine, HttpMethod.Post, "/api/v1/streams", Definition("boiler-2")));
        Assert.Equal(403, await StatusAsync(mine, HttpMethod.Delete, "/api/v1/streams/boiler-1"));
        using var request = Request(mine, HttpMethod.Get, "/api/v1/streams", null);
        using var reply = await _http.SendAsync(request, Token);
        var list = await reply.Content.ReadAsStringAsync(Token);
        Assert.Contains("pump-1", list, StringComparison.Ordinal);
        Assert.DoesNotContain("boiler", list, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dagmm_00000000_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("dagmm_")]
    [InlineData("")]
    [InlineData("other")]
    public async Task Request_WithWrongKey_Is401(string key) =>
        Assert.Equal(401, await StatusAsync(key, HttpMethod.Get, "/api/v1/streams"));

    [Fact]
    public async Task Request_RightIdWrongSecret_Is401()
    {
        var key = Key(ApiScope.Read);
        Assert.Equal(401, await StatusAsync(key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), HttpMethod.Get, "/api/v1/streams"));
    }

    [Fact]
    public async Task Request_TooMany_Are429WithRetryAfter()
    {
        var key = Key(ApiScope.Read);
        var replies = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
        {
            using var request = Request(key, HttpMethod.Get, "/api/v1/cluster", null);
            using var reply = await _http.SendAsync(request, Token);
            return ((int)reply.StatusCode, reply.Headers.RetryAfter?.Delta);
        }));
        Assert.Contains(replies, reply => reply.Item1 == 200);
        Assert.Contains(replies, reply => reply is (429, { TotalSeconds: >= 1 }));
    }

    private string Key(ApiScope scope) => _keys.Create(scope.ToString(), [scope]);

    private static JsonContent Definition(string name) => JsonContent.Create(new { name, features = new[] { "a", "b" }, preset = "lite" });

    private static StringContent Csv() => new("a,b\n1,2\n", Encoding.UTF8, "text/csv");

    private async Task<int> StatusAsync(string key, HttpMethod method, string path, HttpContent? content = null)
    {
        using var request = Request(key, method, path, content);
        using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        return (int)reply.StatusCode;
    }

    private static HttpRequestMessage Request(string key, HttpMethod method, string path, HttpContent? content)
    {
        var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return request;
    }
}
