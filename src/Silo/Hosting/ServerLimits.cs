using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DagmmStream.Silo.Hosting;

/// <summary>What one client may cost the HTTP server: size and time of headers and bodies, and how many connections there are.</summary>
internal static class ServerLimits
{
    private const int MaxHeaderBytes = 16 * 1024;
    private const int MaxHeaders = 64;
    private const long MaxBodyBytes = 1 << 20;
    private const double MinBodyBytesPerSecond = 240;
    private static readonly TimeSpan HeaderTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BodyGrace = TimeSpan.FromSeconds(10);

    public static void Apply(KestrelServerOptions kestrel, IConfiguration configuration)
    {
        kestrel.AddServerHeader = false;
        kestrel.Configure(configuration.GetSection("Kestrel"));
        var limits = kestrel.Limits;
        limits.MaxRequestHeadersTotalSize = MaxHeaderBytes;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.RequestHeadersTimeout = HeaderTimeout;

        // Of all endpoints but the one that takes events, which sets its own.
        limits.MaxRequestBodySize = MaxBodyBytes;

        // A client that sends a byte now and then is let go.
        limits.MinRequestBodyDataRate = new MinDataRate(MinBodyBytesPerSecond, BodyGrace);
        limits.MaxConcurrentConnections = (configuration.GetSection(HttpApiOptions.Section).Get<HttpApiOptions>() ?? new HttpApiOptions())
            .MaxLiveConnections + ConnectionsBesideLive;
    }

    private const long ConnectionsBesideLive = 2000;
}
