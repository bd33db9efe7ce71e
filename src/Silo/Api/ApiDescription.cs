using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace DagmmStream.Silo.Api;

/// <summary>What the OpenAPI description says beside the endpoints' own: title, problems, examples.</summary>
internal static class ApiDescription
{
    private const string Summary =
        "Push events, get their verdicts, watch scores. Problems are RFC 9457; their `type` is stable. Higher energy means more anomalous.";

    public static void Configure(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "DagmmStream", Version = "v1", Description = Summary };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, _, _) =>
        {
            if (operation.OperationId is not { } id) return Task.CompletedTask;
            foreach (var (mediaType, example) in ApiExamples.RequestsOf(id))
                if (operation.RequestBody?.Content?.TryGetValue(mediaType, out var content) == true) content.Example = example;
            if (ApiExamples.ReplyOf(id) is { } reply) AddReply(operation, reply);
            return Task.CompletedTask;
        });
    }

    private static void AddReply(OpenApiOperation operation, JsonNode example)
    {
        foreach (var (status, response) in operation.Responses ?? [])
            if (status.StartsWith('2') && response.Content?.TryGetValue("application/json", out var content) == true)
                content.Example = example;
    }
}
