using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace DagmmStream.Silo.Access;

/// <summary>How much one key, and one stream, may ask for. Calls from this machine without a key are not limited.</summary>
internal static class RateLimits
{
    private const string Unlimited = "";
    private const string StreamParameter = "stream";

    public static void Configure(RateLimiterOptions limiter, AccessOptions access)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context => Bucket(KeyOf(context), access.RequestsPerSecondPerKey)),
            PartitionedRateLimiter.Create<HttpContext, string>(context => Bucket(StreamOf(context), access.PushesPerSecondPerStream)));
        limiter.OnRejected = (rejected, _) =>
        {
            var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
            rejected.HttpContext.Response.Headers.RetryAfter =
                Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            return ValueTask.CompletedTask;
        };
    }

    private static string KeyOf(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { } name } && name != ApiKeyHandler.Loopback ? name : Unlimited;

    private static string StreamOf(HttpContext context) =>
        KeyOf(context).Length > 0 && HttpMethods.IsPost(context.Request.Method)
            && context.Request.RouteValues.TryGetValue(StreamParameter, out var stream) ? stream as string ?? Unlimited : Unlimited;

    private static RateLimitPartition<string> Bucket(string key, int perSecond) => key.Length == 0 || perSecond == 0
        ? RateLimitPartition.GetNoLimiter(key)
        : RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 2 * perSecond,
            TokensPerPeriod = Math.Max(1, perSecond / 10),
            ReplenishmentPeriod = TimeSpan.FromSeconds(perSecond >= 10 ? 0.1 : 1.0 / perSecond),
            QueueLimit = 0,
        });
}
