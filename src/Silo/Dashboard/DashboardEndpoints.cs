using Microsoft.Net.Http.Headers;

namespace DagmmStream.Silo.Dashboard;

/// <summary>
/// The page at <c>/</c>: plain ES modules and Plotly, embedded in the assembly. It holds no data of its own and needs no key; every
/// number on it comes from the API.
/// </summary>
internal static class DashboardEndpoints
{
    private static readonly Dictionary<string, string> Pages = new(StringComparer.Ordinal)
    {
        ["index.html"] = "/",
        ["reference.html"] = "/reference",
    };

    public static void MapDashboard(this IEndpointRouteBuilder routes)
    {
        foreach (var asset in DashboardAsset.All())
        {
            routes.MapGet("/" + asset.Path, context => WriteAsync(context, asset)).ExcludeFromDescription();
            if (Pages.TryGetValue(asset.Path, out var page))
                routes.MapGet(page, context => WriteAsync(context, asset)).ExcludeFromDescription();
        }
    }

    private static async Task WriteAsync(HttpContext context, DashboardAsset asset)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ETag = asset.ETag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.Vary = HeaderNames.AcceptEncoding;
        if (request.Headers.IfNoneMatch.Contains(asset.ETag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var packed = request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        var body = packed ? asset.Gzip : asset.Content;
        if (packed) response.Headers.ContentEncoding = "gzip";
        response.ContentType = asset.ContentType;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }
}
