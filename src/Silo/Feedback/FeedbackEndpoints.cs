using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Feedback;

/// <summary>Labels: they move verdicts, never energies.</summary>
internal static class FeedbackEndpoints
{
    public static void MapFeedback(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}/labels").WithTags("Feedback");
        group.MapGet("/", ReadAsync).WithName("readLabels").WithSummary("The labels of a partition and what they changed")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapPut("/{offset:long}", LabelAsync).WithName("labelEvent").WithSummary("Say what an event was")
            .WithDescription("The label decides on events like it, and several labels move the alarm rate; scores stay as they are.")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapDelete("/{offset:long}", TakeBackAsync).WithName("unlabelEvent").WithSummary("Take a label back")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
    }

    private static async Task<Ok<FeedbackState>> ReadAsync(
        string stream, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.GetFeedbackAsync(cancellationToken));
    }

    private static async Task<Ok<FeedbackState>> LabelAsync(
        string stream, long offset, LabelBody body, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.LabelAsync(offset, body.Label, cancellationToken));
    }

    private static async Task<Ok<FeedbackState>> TakeBackAsync(
        string stream, long offset, GrainLookup grains, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        return TypedResults.Ok(await grain.LabelAsync(offset, null, cancellationToken));
    }
}
