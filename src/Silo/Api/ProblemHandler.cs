using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;

namespace DagmmStream.Silo.Api;

/// <summary>Writes every failure of a request as a problem, and logs the ones that are the service's own.</summary>
internal sealed partial class ProblemHandler(IProblemDetailsService writer, ILogger<ProblemHandler> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException && httpContext.RequestAborted.IsCancellationRequested) return true;
        var problem = Problems.Of(exception);
        if (problem.Status >= StatusCodes.Status500InternalServerError) LogFailed(exception, httpContext.Request.Path);
        httpContext.Response.StatusCode = problem.Status;
        if (problem.RetryAfter is { } wait)
            httpContext.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        await writer.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = Problems.ToDetails(problem, httpContext),
        });
        return true;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Request {Path} failed")]
    private partial void LogFailed(Exception exception, string path);
}
