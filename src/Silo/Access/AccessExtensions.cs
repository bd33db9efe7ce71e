using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Access;

/// <summary>Registers who may do what, and puts it in front of the endpoints.</summary>
internal static class AccessExtensions
{
    private const string AnyScheme = "dagmm";
    private const string Subject = "sub";
    private const string JwtScopePrefix = "dagmm.";

    public static IServiceCollection AddDagmmAccess(this IServiceCollection services, IConfiguration configuration)
    {
        var section = configuration.GetSection(AccessOptions.Section);
        services.AddOptions<AccessOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        var access = section.Get<AccessOptions>() ?? new AccessOptions();
        services.AddSingleton<KeyRing>();
        services.AddSingleton<AuditLog>();
        services.AddHttpContextAccessor();
        var authentication = services.AddAuthentication(AnyScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(ApiKeyHandler.SchemeName, null)
            .AddPolicyScheme(AnyScheme, null, scheme => scheme.ForwardDefaultSelector = context => SchemeOf(context, access));
        if (access.JwtAuthority is not null) AddJwt(authentication, access);
        services.AddAuthorization(authorization =>
        {
            foreach (var scope in Enum.GetValues<ApiScope>())
                authorization.AddPolicy(scope.ToString(), policy => policy.RequireAssertion(context => context.User.May(scope)));
        });
        services.AddRateLimiter(_ => { });
        services.AddSingleton<IConfigureOptions<RateLimiterOptions>>(provider => new ConfigureOptions<RateLimiterOptions>(
            limiter => RateLimits.Configure(limiter, provider.GetRequiredService<IOptions<AccessOptions>>().Value)));
        return services;
    }

    public static void UseDagmmAccess(this WebApplication app)
    {
        var audit = app.Services.GetRequiredService<AuditLog>();
        app.Use(next => context => SecurityHeaders.AddAsync(context, next));
        app.UseRouting();
        app.Use(next => context => audit.InvokeAsync(context, next));
        app.UseAuthentication();
        app.UseRateLimiter();
        app.UseAuthorization();
    }

    /// <summary>Asks for a scope.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder builder, ApiScope scope)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(scope.ToString());

    /// <summary>Asks for one of two scopes.</summary>
    public static TBuilder RequiresEither<TBuilder>(this TBuilder builder, ApiScope scope, ApiScope other)
        where TBuilder : IEndpointConventionBuilder =>
        builder.RequireAuthorization(policy => policy.RequireAssertion(context => context.User.May(scope) || context.User.May(other)));

    private static string SchemeOf(HttpContext context, AccessOptions access)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var isToken = access.JwtAuthority is not null && authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)
            && !authorization.Contains(ApiKeySecret.Prefix, StringComparison.Ordinal);
        return isToken ? JwtBearerDefaults.AuthenticationScheme : ApiKeyHandler.SchemeName;
    }

    private static void AddJwt(AuthenticationBuilder authentication, AccessOptions access) => authentication.AddJwtBearer(jwt =>
    {
        jwt.Authority = access.JwtAuthority;
        jwt.Audience = access.JwtAudience;
        jwt.MapInboundClaims = false;
        jwt.TokenValidationParameters.NameClaimType = Subject;
        jwt.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                var words = context.Principal!.FindAll("scope").SelectMany(claim => claim.Value.Split(' '));
                var scopes = Enum.GetValues<ApiScope>().Where(scope => words.Contains(
                    JwtScopePrefix + scope.ToString().ToLowerInvariant(), StringComparer.Ordinal));
                context.Principal.AddIdentity(AccessClaims.Identity(
                    JwtBearerDefaults.AuthenticationScheme, context.Principal.Identity?.Name ?? Subject, scopes,
                    context.Principal.FindFirst(AccessClaims.Prefix)?.Value));
                return Task.CompletedTask;
            },
        };
    });
}
