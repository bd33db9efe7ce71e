using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Embedded;
using DagmmStream.Silo.Live;
using Microsoft.Extensions.DependencyInjection;

namespace DagmmStream.Silo.Tests.Hosting;

/// <summary>Clients that want to use the service up: what they can take is bounded, and others are served meanwhile.</summary>
public sealed class HostileClientTests : IAsyncLifetime
{
    private const long BodyLimit = 4 << 20;
    private const int Idle = 2000;
    private readonly TempFolder _folder = new();
    private EmbeddedSilo _silo = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _silo = await EmbeddedSilo.StartAsync(
            new EmbeddedSiloOptions
            {
                StorePath = _folder.File("hostile.db"),
                ConfigureServices = services => services.Configure<HttpApiOptions>(http =>
                    (http.MaxBodyBytes, http.MaxLiveConnections) = (BodyLimit, Idle)),
            },
            Token);
        _http = new HttpClient { BaseAddress = _silo.HttpAddress, Timeout = TimeSpan.FromMinutes(2) };
        var definition = new { name = "s", features = new[] { "a", "b" }, preset = "lite" };
        using var reply = await _http.PostAsJsonAsync("/api/v1/streams", definition, Token);
        reply.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _silo.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("GET /api/v1/streams HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: 1\r\n")]
    [InlineData("POST /api/v1/streams/s/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\nContent-Length: 1000\r\n\r\na,b\n")]
    public async Task Connections_ThatNeverEndTheirRequest_AreClosedAndOthersServed(string beginning)
    {
        var loris = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 50; i++)
            {
                var client = new TcpClient();
                loris.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, _silo.HttpAddress.Port, Token);
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(beginning), Token);
            }

            await IsServedAsync();
            foreach (var client in loris) Assert.StartsWith("HTTP/1.1 408", await ReadToEndAsync(client), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var client in loris) client.Dispose();
        }
    }

    [Fact]
    public async Task Push_TenGigabytesAnnounced_IsRefusedBeforeTheyCome()
    {
        using var body = new EndlessCsv(announced: 10L << 30);
        var problem = await PushAsync(body);
        Assert.Equal((413, "urn:dagmm:problem:body-too-large"), problem);
        Assert.True(body.Sent < 8 * BodyLimit, $"{body.Sent} bytes were taken");
        await IsServedAsync();
    }

    [Fact]
    public async Task Push_EndlessBody_EndsAtTheLimit()
    {
        using var body = new EndlessCsv(announced: null);
        try
        {
            Assert.Equal((413, "urn:dagmm:problem:body-too-large"), await PushAsync(body));
        }
        catch (HttpRequestException)
        {
            // A client that only sends meets the closed connection before it reads the answer.
            Assert.True(body.Sent > 0);
        }

        Assert.True(body.Sent < 16 * BodyLimit, $"{body.Sent} bytes were taken");
        await IsServedAsync();
    }

    [Theory]
    [InlineData('0', 400, "urn:dagmm:problem:line-too-long")]
    [InlineData('\n', 413, "urn:dagmm:problem:body-too-large")]
    public async Task Push_GzipBomb_EndsAtTheLimitOfWhatItBecomes(char filling, int status, string type)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            await gzip.WriteAsync("a,b\n1,2\n"u8.ToArray(), Token);
            var block = Enumerable.Repeat((byte)filling, 1 << 20).ToArray();
            for (var i = 0; i < 300; i++) await gzip.WriteAsync(block, Token);
        }

        Assert.True(packed.Length < BodyLimit, "the bomb itself is small");
        using var body = new ByteArrayContent(packed.ToArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        body.Headers.ContentEncoding.Add("gzip");
        Assert.Equal((status, type), await PushAsync(body));
        await IsServedAsync();
    }

    [Fact]
    public async Task Live_ThousandsOfIdleConnections_ShareOneFeedAndOneMoreIsRefused()
    {
        using var handler = new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue };
        using var http = new HttpClient(handler) { BaseAddress = _silo.HttpAddress, Timeout = TimeSpan.FromMinutes(2) };
        var replies = new List<HttpResponseMessage>();
        try
        {
            while (replies.Count < Idle) replies.AddRange(await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => WatchAsync(http))));
            Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.StatusCode));
            await Task.WhenAll(replies.Select(ReadMessageAsync));
            var hub = _silo.Services.GetRequiredService<LiveHub>();
            Assert.Equal((Idle, 1), (hub.Connections, hub.Feeds));
            using var refused = await WatchAsync(http);
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            await IsServedAsync();
        }
        finally
        {
            foreach (var reply in replies) reply.Dispose();
        }
    }

    private static Task<HttpResponseMessage> WatchAsync(HttpClient http) =>
        http.GetAsync(new Uri("/api/v1/live?streams=s", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Token);

    private static async Task ReadMessageAsync(HttpResponseMessage reply)
    {
        var body = await reply.Content.ReadAsStreamAsync(Token);
        Assert.True(await body.ReadAsync(new byte[64], Token) > 0);
    }

    private static async Task<string> ReadToEndAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, false, 1024, leaveOpen: true);
        return await reader.ReadToEndAsync(Token);
    }

    private async Task<(int Status, string? Type)> PushAsync(HttpContent body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/streams/s/events?scores=none") { Content = body };
        // The service answers before the body has come: a client that asks first, or reads meanwhile, sees the answer.
        request.Headers.ExpectContinue = body is EndlessCsv { IsAnnounced: true };
        using var reply = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
        var problem = await reply.Content.ReadFromJsonAsync<JsonElement>(Token);
        return ((int)reply.StatusCode, problem.GetProperty("type").GetString());
    }

    private async Task IsServedAsync()
    {
        using var content = new StringContent("a,b\n1,2\n", Encoding.UTF8, "text/csv");
        using var reply = await _http.PostAsync(new Uri("/api/v1/streams/s/events", UriKind.Relative), content, Token);
        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    /// <summary>Lines without end, or as many as are announced.</summary>
    private sealed class EndlessCsv : HttpContent
    {
        private readonly long? _announced;

        public EndlessCsv(long? announced)
        {
            _announced = announced;
            Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        }

        public bool IsAnnounced => _announced is not null;

        public long Sent { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            var lines = Encoding.ASCII.GetBytes("a,b\n" + string.Concat(Enumerable.Repeat("1,2\n", 16_000)));
            while (Sent < (_announced ?? long.MaxValue))
            {
                await stream.WriteAsync(lines, Token);
                Sent += lines.Length;
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = _announced ?? 0;
            return IsAnnounced;
        }
    }
}
