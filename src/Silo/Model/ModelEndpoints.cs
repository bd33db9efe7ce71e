using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Model;

/// <summary>The model that scores a stream's events.</summary>
internal static class ModelEndpoints
{
    public static void MapModel(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}").WithTags("Model");
        group.MapGet("/model", DescribeAsync).WithName("describeModel").WithSummary("The snapshot that scores")
            .WithDescription("Version 0 means that the partition is warming up: there is no snapshot yet.")
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
}
