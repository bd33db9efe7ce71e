namespace DagmmStream.Silo.Access;

/// <summary>Who changed what, and who was turned away: one line each, in the log category "DagmmStream.Audit".</summary>
internal sealed partial class AuditLog(ILoggerFactory loggers)
{
    public const string Category = "DagmmStream.Audit";
    private readonly ILogger _logger = loggers.CreateLogger(Category);

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        await next(context);
        var status = context.Response.StatusCode;
        var refused = status is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden;
        var reads = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);

        // Events are counted by the metrics; a line for each request of a producer would bury the rest.
        var ingest = context.Request.Path.Value?.EndsWith("/events", StringComparison.Ordinal) == true;
        if (!refused && (reads || ingest)) return;
        LogCall(
            context.User.Identity?.Name ?? "nobody", context.Request.Method, Printable(context.Request.Path), status,
            context.Connection.RemoteIpAddress?.ToString() ?? "");
    }

    // A path is the caller's text: no line of it may look like one of ours.
    private static string Printable(PathString path) => new([.. (path.Value ?? "").Select(c => char.IsControl(c) ? '?' : c)]);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Caller} {Method} {Path} -> {Status} from {Address}")]
    private partial void LogCall(string caller, string method, string path, int status, string address);
}
