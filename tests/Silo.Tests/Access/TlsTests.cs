using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using DagmmStream.Client;
using DagmmStream.Silo.Hosting;
using Microsoft.AspNetCore.Builder;

namespace DagmmStream.Silo.Tests.Access;

/// <summary>TLS by Kestrel's own configuration, and Orleans' dashboard: settings of a whole process.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private X509Certificate2 _certificate = null!;
    private WebApplication _app = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Uri Secure => new(_app.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal)));

    public async ValueTask InitializeAsync()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        var file = _folder.File("silo.pfx");
        await File.WriteAllBytesAsync(file, _certificate.Export(X509ContentType.Pfx, "secret"), Token);
        _app = SiloApplication.Create(
        [
            "--store", _folder.File("tls.db"), "--silo-port", Port(), "--gateway-port", Port(), "--urls", "http://127.0.0.1:0",
            "--log-level", "Warning", "--Http:OrleansDashboard", "true",
            "--Kestrel:Endpoints:Plain:Url", "http://127.0.0.1:0", "--Kestrel:Endpoints:Https:Url", "https://127.0.0.1:0",
            "--Kestrel:Endpoints:Https:Certificate:Path", file, "--Kestrel:Endpoints:Https:Certificate:Password", "secret",
        ]);
        await _app.StartAsync(Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _certificate.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Https_ConfiguredInKestrel_ServesTheSdkAndNobodyWhoDoesNotTrustIt()
    {
        using var handler = Trusting();
        await using var client = new DagmmStreamClient(new DagmmStreamClientOptions { HttpHandler = handler }.UseHttp(Secure));
        await client.CreateStreamAsync(new StreamDefinition { Name = "s", Features = ["a"], Preset = ModelPreset.Lite }, Token);
        var score = await client.Stream("s").ScoreAsync(new StreamEvent(DateTimeOffset.UnixEpoch, new float[] { 1 }), Token);
        Assert.Equal(0, score.Offset);
        using var distrusting = new HttpClient { BaseAddress = Secure };
        await Assert.ThrowsAsync<HttpRequestException>(() => distrusting.GetAsync(new Uri("/health/live", UriKind.Relative), Token));
    }

    [Fact]
    public async Task OrleansDashboard_Wanted_IsThereForAdminsAlone()
    {
        using var handler = Trusting();
        using var http = new HttpClient(handler) { BaseAddress = Secure };
        var page = await http.GetStringAsync(new Uri("/orleans/", UriKind.Relative), Token);
        Assert.Contains("<html", page, StringComparison.OrdinalIgnoreCase);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/orleans/") { Headers = { { "X-Api-Key", "dagmm_unknown" } } };
        using var refused = await http.SendAsync(request, Token);
        Assert.Equal(401, (int)refused.StatusCode);

        // From another site's page, which the loopback's trust is not for.
        using var foreign = new HttpRequestMessage(HttpMethod.Get, "/orleans/") { Headers = { { "Origin", "https://evil.example" } } };
        using var denied = await http.SendAsync(foreign, Token);
        Assert.Equal(401, (int)denied.StatusCode);
    }

    private SocketsHttpHandler Trusting() => new()
    {
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString(),
        },
    };

    private static string Port()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
