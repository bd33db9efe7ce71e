using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Access;

/// <summary>
/// Knows a caller by its API key (<c>Authorization: Bearer …</c> or <c>X-Api-Key</c>), or, without one, by coming from this machine.
/// </summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, KeyRing keys,
    IOptions<AccessOptions> access)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "ApiKey";
    public const string Loopback = "loopback";
    private const string Header = "X-Api-Key";
    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Shown() is { } shown)
        {
            return Task.FromResult(keys.Find(shown) is { } key
                ? Success(AccessClaims.Identity(SchemeName, $"key {key.Id} ({key.Name})", key.Scopes, key.StreamPrefix))
                : AuthenticateResult.Fail("the API key is unknown, revoked or expired"));
        }

        return Task.FromResult(IsLocal()
            ? Success(AccessClaims.Identity(SchemeName, Loopback, [ApiScope.Admin], prefix: null))
            : AuthenticateResult.NoResult());
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer realm=\"dagmm\"";
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        return Task.CompletedTask;
    }

    private string? Shown()
    {
        if (Request.Headers.TryGetValue(Header, out var header) && header.Count > 0) return header[0];
        var authorization = Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization[Bearer.Length..].Trim() : null;
    }

    /// <summary>
    /// From this machine, and meant for it: a page of another site, or a name that was made to point here, uses the same connection.
    /// </summary>
    private bool IsLocal()
    {
        if (access.Value.RequireKeyOnLoopback) return false;
        if (Context.Connection is not { RemoteIpAddress: { } remote, LocalIpAddress: { } local }) return false;
        if (!IPAddress.IsLoopback(remote) || !IPAddress.IsLoopback(local)) return false;
        if (!ListenAddress.IsLoopback(Request.Host.Host)) return false;
        var origin = Request.Headers.Origin.ToString();
        return origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Authority == Request.Host.Value);
    }

    private static AuthenticateResult Success(ClaimsIdentity identity) =>
        AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
}
