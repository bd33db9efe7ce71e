using System.Globalization;
using DagmmStream.Grains.Models;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace DagmmStream.Silo.Model;

/// <summary>Versions of a model: list, keep, export, import, roll back. The bytes are a checkpoint (docs/checkpoint-format.md).</summary>
internal static class ModelVersionEndpoints
{
    private const string Bytes = "application/octet-stream";

    // Far above any model, and below what a message between silos may have.
    private const int MaxModelBytes = 64 << 20;

    public static void MapModelVersions(this RouteGroupBuilder api)
    {
        var group = api.MapGroup("/streams/{stream}/model").WithTags("Model");
        group.MapGet("/versions", ListAsync).WithName("listModelVersions").WithSummary("The versions of a model that are kept")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Read);
        group.MapPost("/versions", KeepAsync).WithName("keepModelVersion").WithSummary("Keep the model as it is, of all partitions")
            .ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapPost("/versions/{version:long}/rollback", RollBackAsync).WithName("rollBackModel")
            .WithSummary("Go back to a version that is kept")
            .WithDescription("On all partitions. The model that is there is kept first. The one that takes its place gets a version above "
                + "all there were.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .Requires(ApiScope.Admin);
        group.MapGet("/export", ExportAsync).WithName("exportModel").WithSummary("The model as a file")
            .WithDescription("A checkpoint: it holds weights, the events of the window, and the names of producers. Without `version` the "
                + "model as it is now, with every full chunk of accepted events learned.")
            .Produces(StatusCodes.Status200OK, contentType: Bytes).ProducesProblem(StatusCodes.Status404NotFound).Requires(ApiScope.Admin);
        group.MapPost("/import", ImportAsync).WithName("importModel").WithSummary("Put an exported model in place of this one")
            .WithDescription("On all partitions. It must be of a stream with the same features, inputs and preset; the number of its "
                + "partitions may be another. The model that is there is kept first.")
            .Accepts<Stream>(Bytes).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity).Requires(ApiScope.Admin);
    }

    private static async Task<Ok<ModelVersions>> ListAsync(
        string stream, GrainLookup grains, ModelControl control, CancellationToken cancellationToken, int partition = 0)
    {
        var grain = await grains.PartitionAsync(stream, partition, cancellationToken);
        var current = (await grain.GetStatusAsync(cancellationToken)).SnapshotVersion;
        return TypedResults.Ok(
            new ModelVersions(current, await control.ListAsync(new PartitionId(stream, partition), cancellationToken)));
    }

    private static async Task<Ok<ModelReplaced>> KeepAsync(
        string stream, GrainLookup grains, ModelControl control, CancellationToken cancellationToken)
    {
        await grains.DefinitionAsync(stream, cancellationToken);
        return TypedResults.Ok(new ModelReplaced(await control.KeepAsync(stream, cancellationToken)));
    }

    private static async Task<Ok<ModelReplaced>> RollBackAsync(
        string stream, long version, GrainLookup grains, ModelControl control, CancellationToken cancellationToken)
    {
        await grains.DefinitionAsync(stream, cancellationToken);
        return TypedResults.Ok(new ModelReplaced(await control.RollBackAsync(stream, version, cancellationToken)));
    }

    private static async Task<FileContentHttpResult> ExportAsync(
        string stream, GrainLookup grains, ModelControl control, CancellationToken cancellationToken, int partition = 0,
        long? version = null)
    {
        await grains.PartitionAsync(stream, partition, cancellationToken);
        var bytes = await control.ExportAsync(new PartitionId(stream, partition), version, cancellationToken);
        var name = string.Create(CultureInfo.InvariantCulture, $"{stream}-{partition}{(version is null ? "" : $"-v{version}")}.dagmm");
        return TypedResults.Bytes(bytes, Bytes, name);
    }

    private static async Task<Ok<ModelReplaced>> ImportAsync(
        string stream, HttpRequest request, GrainLookup grains, ModelControl control, CancellationToken cancellationToken)
    {
        await grains.DefinitionAsync(stream, cancellationToken);
        var bytes = await ReadAsync(request, cancellationToken);
        return TypedResults.Ok(new ModelReplaced(await control.ImportAsync(stream, bytes, cancellationToken)));
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int read; (read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + read > MaxModelBytes)
                throw new ApiException(
                    StatusCodes.Status413PayloadTooLarge, "body-too-large", "The request body is too large",
                    $"a model has at most {MaxModelBytes} bytes");
            body.Write(buffer.AsSpan(0, read));
        }

        return body.ToArray();
    }
}
