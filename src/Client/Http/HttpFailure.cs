using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace DagmmStream.Client.Http;

/// <summary>
/// A failed HTTP call as the family's exception: by the problem's type, and by the status where something else has answered.
/// </summary>
internal static class HttpFailure
{
    private const string TypePrefix = "urn:dagmm:problem:";

    /// <summary>Reads the problem of a reply; an empty one when the body is none.</summary>
    public static async Task<HttpProblem> ReadAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        try
        {
            return await reply.Content.ReadFromJsonAsync<HttpProblem>(WireJson.Options, cancellationToken) ?? Unknown(reply);
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException)
        {
            // A proxy's page, or another service: the status says what there is to say.
            return Unknown(reply);
        }
    }

    public static DagmmStreamException Of(HttpResponseMessage reply, HttpProblem problem)
    {
        var (code, isTransient) = Sort(problem.Type?.Replace(TypePrefix, "", StringComparison.Ordinal), reply.StatusCode);
        return new DagmmStreamException(code, $"{problem.Detail ?? problem.Title} (HTTP {(int)reply.StatusCode})", isTransient);
    }

    private static (ErrorCode Code, bool IsTransient) Sort(string? type, HttpStatusCode status) => type switch
    {
        "stream-not-found" => (ErrorCode.StreamNotFound, false),
        "not-kept" => (ErrorCode.NotKept, false),
        "stream-conflict" => (ErrorCode.StreamConflict, false),
        "invalid-definition" => (ErrorCode.InvalidDefinition, false),
        "invalid-event" or "all-events-rejected" => (ErrorCode.InvalidEvent, false),
        "invalid-model" => (ErrorCode.InvalidModel, false),
        "invalid-batch" => (ErrorCode.InvalidBatch, false),
        "sequence-gap" => (ErrorCode.InvalidSequence, false),
        "store-unavailable" => (ErrorCode.StoreUnavailable, true),
        _ => status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => (ErrorCode.AccessDenied, false),
            HttpStatusCode.TooManyRequests => (ErrorCode.Overloaded, true),
            HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
                (ErrorCode.ServiceUnavailable, true),
            _ => (ErrorCode.Unknown, false),
        },
    };

    private static HttpProblem Unknown(HttpResponseMessage reply) => new(null, $"the service answered {reply.ReasonPhrase}", null, 0);
}
