using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Headers;

namespace DagmmStream.Client.Http;

/// <content>Versions of the model.</content>
internal sealed partial class HttpTransport
{
    private static readonly MediaTypeHeaderValue Bytes = new("application/octet-stream");

    public Task<long> KeepModelAsync(string stream, CancellationToken cancellationToken) =>
        PostModelAsync($"{StreamPath(stream)}/model/versions", null, cancellationToken);

    public async Task<ImmutableArray<KeptModel>> ListModelsAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(HttpMethod.Get, Path(partition, "model/versions"), null, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return (await ReadAsync<HttpModelVersions>(reply, cancellationToken)).Kept;
    }

    public async Task<byte[]> ExportModelAsync(PartitionId partition, long? version, CancellationToken cancellationToken)
    {
        var path = Path(partition, "model/export");
        if (version is { } kept) path += string.Create(CultureInfo.InvariantCulture, $"&version={kept}");
        using var reply = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return await reply.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    public async Task<long> ImportModelAsync(string stream, byte[] model, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(model);
        content.Headers.ContentType = Bytes;
        return await PostModelAsync($"{StreamPath(stream)}/model/import", content, cancellationToken);
    }

    public Task<long> RollBackModelAsync(string stream, long version, CancellationToken cancellationToken) => PostModelAsync(
        string.Create(CultureInfo.InvariantCulture, $"{StreamPath(stream)}/model/versions/{version}/rollback"), null, cancellationToken);

    private async Task<long> PostModelAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(HttpMethod.Post, path, content, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return (await ReadAsync<HttpModelVersion>(reply, cancellationToken)).Version;
    }
}
