using System.Security.Claims;

namespace DagmmStream.Silo.Access;

/// <summary>The claims by which a caller's rights are known, wherever they come from.</summary>
internal static class AccessClaims
{
    public const string Scope = "dagmm.scope";
    public const string Prefix = "dagmm.prefix";

    public static bool May(this ClaimsPrincipal user, ApiScope scope) =>
        user.HasClaim(Scope, ApiScope.Admin.ToString()) || user.HasClaim(Scope, scope.ToString());

    /// <summary>True if the caller's prefix, if it has one, fits a stream.</summary>
    public static bool MaySee(this ClaimsPrincipal user, string stream) =>
        user.FindFirst(Prefix)?.Value is not { } prefix || stream.StartsWith(prefix, StringComparison.Ordinal);

    public static ClaimsIdentity Identity(string scheme, string name, IEnumerable<ApiScope> scopes, string? prefix)
    {
        var identity = new ClaimsIdentity(scheme, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, name));
        foreach (var scope in scopes) identity.AddClaim(new Claim(Scope, scope.ToString()));
        if (prefix is not null) identity.AddClaim(new Claim(Prefix, prefix));
        return identity;
    }
}
