using System.Collections.Immutable;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Model;

/// <summary>The model that scores a stream's events.</summary>
internal static class ModelEndpoints
{
    private const int DefaultEvents = 500;
    private const int MostEvents = 1000;

    public static void MapModel(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}").WithTags("Model");
        group.MapGet("/model", DescribeAsync).WithName("describeModel").WithSummary("The snapshot that scores")
            .WithDescription("Version 0 means that the partition is warming up: there is no snapshot yet.")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapGet("/training", TrainingAsync).WithName("readTraining")
            .WithSummary("Objective, reconstruction, energy, penalty and component shares over training steps")
            .WithDescription("Of many steps every second, fourth, … is kept; also over restarts, but for the last minute before a crash.")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapGet("/latent", LatentAsync).WithName("readLatent")
            .WithSummary("Two dimensions of the latent space: components as ellipses, recent events as points")
            .WithDescription("Version 0 means that the partition is warming up: there is no snapshot yet.")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapGet("/drifts", DriftsAsync).WithName("readDrifts").WithSummary("Changes that the learner has noticed, oldest first")
            .WithDescription(
                "At most the latest 16, also over restarts. `size` is the share of events rejected then, less that of ordinary times; "
                + "`time` is absent when the event's score is no longer kept.")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapPost("/checkpoint", CheckpointAsync).WithName("checkpointStream")
            .WithSummary("Train what is queued up to the last full chunk, and write a checkpoint")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
    }

    private static async Task<Ok<ModelDescription>> DescribeAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.GetModelAsync(cancellationToken));
    }

    private static async Task<Ok<PartitionStatus>> CheckpointAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.CheckpointAsync(cancellationToken));
    }

    private static async Task<Ok<TrainingCurve>> TrainingAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.GetTrainingAsync(cancellationToken));
    }

    private static async Task<Ok<LatentView>> LatentAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken, int partition = 0, int member = 0, int x = 0, int y = 1,
        int events = DefaultEvents)
    {
        if (events is < 0 or > MostEvents) throw Problems.Parameter("events", events, $"use 0 to {MostEvents}");
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        var model = await grain.GetModelAsync(cancellationToken);
        if (model.Version > 0 && (member < 0 || member >= model.Members))
            throw Problems.Parameter("member", member, $"the model has members 0 to {model.Members - 1}");
        var space = await grain.GetLatentAsync(member, events, cancellationToken);
        foreach (var (name, axis) in new[] { ("x", x), ("y", y) })
            if (space.Version > 0 && (axis < 0 || axis >= space.Dimension))
                throw Problems.Parameter(name, axis, $"the latent space has dimensions 0 to {space.Dimension - 1}");
        return TypedResults.Ok(LatentView.Of(space, x, y));
    }

    private static async Task<Ok<ImmutableArray<DriftNotice>>> DriftsAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.GetDriftsAsync(cancellationToken));
    }
}
