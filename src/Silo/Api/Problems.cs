using Microsoft.AspNetCore.Mvc;

namespace DagmmStream.Silo.Api;

/// <summary>The problems of the API. Types are stable: clients may decide by them (docs/api.md lists them).</summary>
internal static class Problems
{
    /// <summary>Every type begins with this.</summary>
    public const string TypePrefix = "urn:dagmm:problem:";

    private static readonly TimeSpan ShortWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongWait = TimeSpan.FromSeconds(5);

    public static ApiException BadRequest(string type, string title, string detail, Exception? cause = null) =>
        new(StatusCodes.Status400BadRequest, type, title, detail, cause);

    public static ApiException Parameter(string name, object? value, string remedy) =>
        BadRequest("invalid-parameter", "A parameter is out of range", $"{name} = {value}: {remedy}");

    public static ApiException StreamNotFound(string name) => new(
        StatusCodes.Status404NotFound, "stream-not-found", "There is no such stream",
        $"there is no stream \"{name}\"; create it with POST /api/v1/streams and its feature names first");

    /// <summary>The problem that any failure of a request is.</summary>
    public static ApiException Of(Exception exception) => exception switch
    {
        ApiException known => known,
        DagmmStreamException known => Of(known),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } bad => new ApiException(
            StatusCodes.Status413PayloadTooLarge, "body-too-large", "The request body is too large",
            $"{bad.Message} Send it in parts, or raise {HttpApiOptions.Section}:{nameof(HttpApiOptions.MaxBodyBytes)}.", bad),
        System.Text.Json.JsonException bad => BadRequest("malformed-body", "The body cannot be read", bad.Message, bad),
        BadHttpRequestException bad => new ApiException(bad.StatusCode, "bad-request", "The request cannot be read", Innermost(bad), bad),
        TimeoutException or Orleans.Runtime.OrleansException => new ApiException(
            StatusCodes.Status503ServiceUnavailable, "service-unavailable", "The service is not ready",
            "the partition did not answer; the silo that has it may be starting or gone: try again", exception) { RetryAfter = LongWait },
        _ => new ApiException(
            StatusCodes.Status500InternalServerError, "internal-error", "The service failed",
            "the service failed to answer; its log has the reason", exception),
    };

    public static ProblemDetails ToDetails(ApiException problem, HttpContext context)
    {
        var details = new ProblemDetails
        {
            Type = TypePrefix + problem.Type,
            Title = problem.Title,
            Status = problem.Status,
            Detail = problem.Message,
            Instance = context.Request.Path,
        };
        foreach (var (name, value) in problem.Extensions) details.Extensions[name] = value;
        return details;
    }

    /// <summary>Gives the problems that the framework answers by itself a type of ours.</summary>
    public static void Complete(ProblemDetailsContext context)
    {
        var problem = context.ProblemDetails;
        if (problem.Type?.StartsWith(TypePrefix, StringComparison.Ordinal) == true) return;
        problem.Instance ??= context.HttpContext.Request.Path;
        problem.Type = TypePrefix + problem.Status switch
        {
            StatusCodes.Status401Unauthorized => "unauthorized",
            StatusCodes.Status403Forbidden => "forbidden",
            StatusCodes.Status404NotFound => "not-found",
            StatusCodes.Status405MethodNotAllowed => "method-not-allowed",
            StatusCodes.Status415UnsupportedMediaType => "unsupported-media-type",
            StatusCodes.Status429TooManyRequests => "too-many-requests",
            >= StatusCodes.Status500InternalServerError => "internal-error",
            _ => "bad-request",
        };
    }

    private static ApiException Of(DagmmStreamException e)
    {
        var (status, type, title) = e.Code switch
        {
            ErrorCode.StreamNotFound => (StatusCodes.Status404NotFound, "stream-not-found", "There is no such stream"),
            ErrorCode.NotKept => (StatusCodes.Status404NotFound, "not-kept", "It is not, or no longer, kept"),
            ErrorCode.StreamConflict => (StatusCodes.Status409Conflict, "stream-conflict", "The stream exists with other settings"),
            ErrorCode.InvalidDefinition => (StatusCodes.Status400BadRequest, "invalid-definition", "The stream definition is invalid"),
            ErrorCode.InvalidEvent => (StatusCodes.Status422UnprocessableEntity, "invalid-event", "An event does not fit the stream"),
            ErrorCode.InvalidModel => (StatusCodes.Status422UnprocessableEntity, "invalid-model", "The model does not fit the stream"),
            ErrorCode.InvalidBatch => (StatusCodes.Status400BadRequest, "invalid-batch", "The batch is invalid"),
            ErrorCode.InvalidSequence => (StatusCodes.Status409Conflict, "sequence-gap", "The producer's sequence leaves a gap"),
            ErrorCode.Overloaded => (StatusCodes.Status429TooManyRequests, "overloaded", "The service is full"),
            ErrorCode.StoreUnavailable => (StatusCodes.Status503ServiceUnavailable, "store-unavailable", "The store cannot be used"),
            ErrorCode.Fenced or ErrorCode.ServiceUnavailable or ErrorCode.DeliveryTimeout =>
                (StatusCodes.Status503ServiceUnavailable, "service-unavailable", "The service is not ready"),
            _ => (StatusCodes.Status500InternalServerError, "internal-error", "The service failed"),
        };
        return new ApiException(status, type, title, e.Message, e) { RetryAfter = e.IsTransient ? ShortWait : null };
    }

    private static string Innermost(Exception exception) =>
        exception.InnerException is { } inner ? $"{exception.Message} {Innermost(inner)}" : exception.Message;
}
