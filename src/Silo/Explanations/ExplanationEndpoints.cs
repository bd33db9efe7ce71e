using System.Runtime.InteropServices;
using System.Text.Json;
using DagmmStream.Client.Producing;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Events;
using DagmmStream.Silo.Scores;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Explanations;

/// <summary>Why an event got its energy.</summary>
internal static class ExplanationEndpoints
{
    public static void MapExplanations(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}").WithTags("Explanations");
        group.MapGet("/explanations/{offset:long}", ExplainAsync).WithName("explainEvent").WithSummary("Why an event got its energy")
            .WithDescription(
                "Of an anomaly as it was when it was scored, for as long as the stream keeps explanations; of another recent event under "
                + "the snapshot that stands now. 404 `not-kept` for older ones.")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapPost("/probe", ProbeAsync).WithName("probeEvent")
            .WithSummary("Score of an event that is not pushed: nothing is stored, learned or counted")
            .Accepts<EventView>(EventEndpoints.Json)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .Requires(ApiScope.Read);
        group.MapPost("/explain", ExplainProbeAsync).WithName("explainProbe")
            .WithSummary("Score and explanation of an event that is not pushed: nothing is stored, learned or counted")
            .Accepts<EventView>(EventEndpoints.Json)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .Requires(ApiScope.Read);
    }

    private static async Task<Ok<ExplanationView>> ExplainAsync(
        string stream, long offset, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(ExplanationView.Of(partition, await grain.ExplainAsync(offset, cancellationToken)));
    }

    private static async Task<Ok<ExplanationView>> ExplainProbeAsync(
        string stream, HttpRequest request, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        var probe = await ReadAsync(request, await grains.DefinitionAsync(stream, cancellationToken), cancellationToken);
        return TypedResults.Ok(ExplanationView.Of(partition, await grain.ExplainProbeAsync(probe, cancellationToken)));
    }

    private static async Task<Ok<ScoreView>> ProbeAsync(
        string stream, HttpRequest request, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        var probe = await ReadAsync(request, await grains.DefinitionAsync(stream, cancellationToken), cancellationToken);
        return TypedResults.Ok(ScoreView.Of(partition, (await grain.ProbeAsync(probe, cancellationToken))[0]));
    }

    private static async Task<ProbeEvent> ReadAsync(
        HttpRequest request, StreamDefinition definition, CancellationToken cancellationToken)
    {
        using var body = await JsonDocument.ParseAsync(request.Body, cancellationToken: cancellationToken);
        var row = new EventRow(definition);
        row.Begin(1);
        new EventJson(definition).Read(JsonMarshal.GetRawUtf8Value(body.RootElement), row);
        if (row.Rejection is { } rejection) throw new DagmmStreamException(ErrorCode.InvalidEvent, rejection.Message);
        var cells = new CategoryCells(definition);
        cells.Write(row.Categories, row.Features);
        return new ProbeEvent
        {
            Features = MemoryMarshal.AsBytes(row.Features.AsSpan()).ToArray(), Time = row.Time, Names = cells.Any ? cells.Names : null,
        };
    }
}
