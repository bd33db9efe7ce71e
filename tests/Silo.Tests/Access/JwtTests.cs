using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text;
using DagmmStream.Silo.Access;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace DagmmStream.Silo.Tests.Access;

/// <summary>Tokens of an authority beside API keys, in front of endpoints that ask for a scope.</summary>
public sealed class JwtTests : IAsyncLifetime
{
    private const string Authority = "https://issuer.example";
    private const string Audience = "dagmm";
    private readonly SymmetricSecurityKey _key = new(Encoding.UTF8.GetBytes("thirty-two bytes or more of a key that signs"));
    private readonly TempFolder _folder = new();
    private WebApplication _app = null!;
    private HttpClient _http = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Access:JwtAuthority"] = Authority,
            ["Access:KeysFile"] = _folder.File("keys.json"),
            ["Access:RequireKeyOnLoopback"] = "true",
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddDagmmAccess(builder.Configuration);

        // What the authority's own documents would say, without asking it.
        builder.Services.PostConfigure<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme, jwt =>
        {
            var documents = new OpenIdConnectConfiguration { Issuer = Authority };
            documents.SigningKeys.Add(_key);
            jwt.ConfigurationManager = new StaticConfigurationManager<OpenIdConnectConfiguration>(documents);
        });
        _app = builder.Build();
        _app.UseDagmmAccess();
        _app.MapGet("/read", (HttpContext context) => context.User.MaySee("pump-1")).Requires(ApiScope.Read);
        _app.MapGet("/admin", () => "ok").Requires(ApiScope.Admin);
        await _app.StartAsync(Token);
        _http = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("dagmm.read", 200, 403)]
    [InlineData("openid dagmm.read dagmm.admin", 200, 200)]
    [InlineData("dagmm.admin", 200, 200)]
    [InlineData("dagmm.ingest", 403, 403)]
    [InlineData("read admin", 403, 403)]
    public async Task Token_WithScopes_MayDoTheseAndNoMore(string scope, int read, int admin)
    {
        var token = Sign(scope);
        Assert.Equal(read, await StatusAsync("/read", token));
        Assert.Equal(admin, await StatusAsync("/admin", token));
    }

    [Fact]
    public async Task Token_OfAnotherAudienceIssuerKeyOrTime_IsRefused()
    {
        Assert.Equal(401, await StatusAsync("/read", Sign("dagmm.read", audience: "someone-else")));
        Assert.Equal(401, await StatusAsync("/read", Sign("dagmm.read", issuer: "https://other.example")));
        Assert.Equal(401, await StatusAsync("/read", Sign("dagmm.read", expires: DateTime.UnixEpoch.AddYears(50))));
        var other = new SymmetricSecurityKey(Encoding.UTF8.GetBytes("another key of thirty-two bytes or even more"));
        Assert.Equal(401, await StatusAsync("/read", Sign("dagmm.read", key: other)));
        Assert.Equal(401, await StatusAsync("/read", "no.token.atall"));
        Assert.Equal(401, await StatusAsync("/read", null));
    }

    [Theory]
    [InlineData(null, "true")]
    [InlineData("pump-", "true")]
    [InlineData("boiler-", "false")]
    public async Task Token_WithAPrefix_SeesTheStreamsOfIt(string? prefix, string visible)
    {
        using var request = Request("/read", Sign("dagmm.read", prefix: prefix));
        using var reply = await _http.SendAsync(request, Token);
        Assert.Equal(visible, await reply.Content.ReadAsStringAsync(Token));
    }

    private string Sign(
        string scope, string audience = Audience, string issuer = Authority, DateTime? expires = null, SecurityKey? key = null,
        string? prefix = null)
    {
        var claims = new List<Claim> { new("sub", "ada"), new("scope", scope) };
        if (prefix is not null) claims.Add(new Claim(AccessClaims.Prefix, prefix));
        var end = expires ?? TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(1);
        return new JsonWebTokenHandler().CreateToken(new SecurityTokenDescriptor
        {
            Issuer = issuer,
            Audience = audience,
            Subject = new ClaimsIdentity(claims),
            NotBefore = end.AddHours(-2),
            IssuedAt = end.AddHours(-2),
            Expires = end,
            SigningCredentials = new SigningCredentials(key ?? _key, SecurityAlgorithms.HmacSha256),
        });
    }

    private static HttpRequestMessage Request(string path, string? token)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    private async Task<int> StatusAsync(string path, string? token)
    {
        using var request = Request(path, token);
        using var reply = await _http.SendAsync(request, Token);
        return (int)reply.StatusCode;
    }
}
