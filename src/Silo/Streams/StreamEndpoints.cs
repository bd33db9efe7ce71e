using System.Collections.Immutable;
using DagmmStream.Grains.Costs;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Streams;

/// <summary>Streams: create, list, describe, delete, and what one would cost.</summary>
internal static class StreamEndpoints
{
    private const int DefaultPage = 100;
    private const int LargestPage = 1000;

    public static void MapStreams(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams").WithTags("Streams");
        group.MapPost("/", CreateAsync).WithName("createStream").WithSummary("Create a stream")
            .WithDescription("Creating an equal stream again changes nothing and answers 200 with the definition that is in force: its "
                + "alarm rate and decision are those that were set last.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict).Requires(ApiScope.Admin);
        group.MapGet("/", ListAsync).WithName("listStreams").WithSummary("List streams, by name")
            .ProducesProblem(StatusCodes.Status400BadRequest).Requires(ApiScope.Read);
        group.MapPost("/estimate", Estimate).WithName("estimateStream").WithSummary("What a stream would cost, before it is created")
            .ProducesProblem(StatusCodes.Status400BadRequest).Requires(ApiScope.Read);
        group.MapGet("/{stream}", DescribeAsync).WithName("describeStream").WithSummary("A stream's definition, state and counters")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapGet("/{stream}/definition", FindAsync).WithName("readDefinition")
            .WithSummary("A stream's definition alone: what a producer needs to know")
            .ProducesProblem(StatusCodes.Status404NotFound).RequiresEither(ApiScope.Read, ApiScope.Ingest);
        group.MapPatch("/{stream}/policy", UpdatePolicyAsync).WithName("updatePolicy")
            .WithSummary("Change the alarm rate or the decision policy")
            .WithDescription("In force with the next event; scores, model and labels stay. What is left out stays as it is.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapDelete("/{stream}", DeleteAsync).WithName("deleteStream")
            .WithSummary("Delete a stream with its journal, checkpoints and scores").ProducesProblem(StatusCodes.Status404NotFound)
            .Requires(ApiScope.Admin);
    }

    private static async Task<Results<Created<StreamDefinition>, Ok<StreamDefinition>>> CreateAsync(
        StreamDefinition definition, GrainLookup grains, CancellationToken cancellationToken)
    {
        definition.Validate();
        grains.ThrowIfHidden(definition.Name);
        return await grains.Catalog.CreateAsync(definition, cancellationToken)
            ? TypedResults.Created($"/api/v1/streams/{definition.Name}", definition)
            : TypedResults.Ok(await grains.DefinitionAsync(definition.Name, cancellationToken));
    }

    private static async Task<Ok<StreamDefinition>> UpdatePolicyAsync(
        string stream, StreamPolicy policy, GrainLookup grains, CancellationToken cancellationToken)
    {
        grains.ThrowIfHidden(stream);
        return TypedResults.Ok(await grains.Catalog.UpdatePolicyAsync(stream, policy, cancellationToken));
    }

    private static async Task<Ok<StreamList>> ListAsync(
        GrainLookup grains, IdlePartitions idle, CancellationToken cancellationToken, string? after = null, int limit = DefaultPage,
        bool status = false)
    {
        if (limit is < 1 or > LargestPage) throw Problems.Parameter("limit", limit, $"use 1 to {LargestPage}");
        var all = await grains.Catalog.ListAsync(cancellationToken);
        var rest = all.Where(definition => grains.IsVisible(definition.Name))
            .Where(definition => after is null || string.CompareOrdinal(definition.Name, after) > 0).Take(limit + 1).ToArray();
        var page = rest.Take(limit).ToArray();
        var active = status ? await idle.ActiveAsync(cancellationToken) : [];
        var streams = status
            ? await Task.WhenAll(page.Select(definition => WithStatusAsync(definition, grains, idle, active, cancellationToken)))
            : page.Select(definition => new StreamDescription(definition, []));
        var next = rest.Length > limit
            ? $"/api/v1/streams?after={page[^1].Name}&limit={limit}&status={(status ? "true" : "false")}"
            : null;
        return TypedResults.Ok(new StreamList([.. streams], next));
    }

    private static Ok<CostEstimate> Estimate(StreamDefinition definition) => TypedResults.Ok(CostEstimator.Estimate(definition));

    private static async Task<Ok<StreamDescription>> DescribeAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken) =>
        TypedResults.Ok(await WithStatusAsync(await grains.DefinitionAsync(stream, cancellationToken), grains, cancellationToken));

    private static async Task<Ok<StreamDefinition>> FindAsync(string stream, GrainLookup grains, CancellationToken cancellationToken) =>
        TypedResults.Ok(await grains.DefinitionAsync(stream, cancellationToken));

    private static async Task<NoContent> DeleteAsync(string stream, GrainLookup grains, CancellationToken cancellationToken) =>
        await grains.DefinitionAsync(stream, cancellationToken) is not null && await grains.Catalog.DeleteAsync(stream, cancellationToken)
            ? TypedResults.NoContent() : throw Problems.StreamNotFound(stream);

    /// <summary>Partitions that are not in memory are left where they are.</summary>
    private static async Task<StreamDescription> WithStatusAsync(
        StreamDefinition definition, GrainLookup grains, IdlePartitions idle, HashSet<GrainId> active, CancellationToken cancellationToken)
    {
        var isActive = false;
        var partitions = Enumerable.Range(0, definition.Partitions).Select(number =>
        {
            var grain = grains.Partition(definition.Name, number);
            var own = active.Contains(grain.GetGrainId());
            isActive |= own;
            return own
                ? grain.GetStatusAsync(cancellationToken)
                : idle.DescribeAsync(new PartitionId(definition.Name, number), cancellationToken);
        });
        var statuses = await Task.WhenAll(partitions);
        // The coordinator of an idle stream stays where it is, too.
        return new StreamDescription(definition, [.. statuses], isActive ? await RoundsAsync(definition, grains, cancellationToken) : null);
    }

    private static async Task<StreamDescription> WithStatusAsync(
        StreamDefinition definition, GrainLookup grains, CancellationToken cancellationToken)
    {
        var partitions = Enumerable.Range(0, definition.Partitions)
            .Select(number => grains.Partition(definition.Name, number).GetStatusAsync(cancellationToken));
        return new StreamDescription(
            definition, [.. await Task.WhenAll(partitions)], await RoundsAsync(definition, grains, cancellationToken));
    }

    private static async Task<RoundStatus?> RoundsAsync(
        StreamDefinition definition, GrainLookup grains, CancellationToken cancellationToken) =>
        definition.Partitions == 1 ? null : await grains.Rounds(definition.Name).GetStatusAsync(cancellationToken);
}
