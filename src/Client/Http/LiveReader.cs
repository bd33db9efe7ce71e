using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace DagmmStream.Client.Http;

/// <summary>One connection that gets a partition's scores as server-sent events; the service says that it lives every 15 s.</summary>
/// <param name="http">The client.</param>
/// <param name="partition">The partition.</param>
/// <param name="fromOffset">First offset wanted.</param>
/// <param name="silence">Without a message for so long the connection is taken for dead.</param>
internal sealed class LiveReader(HttpClient http, PartitionId partition, long fromOffset, TimeSpan silence) : IAsyncDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private HttpResponseMessage? _reply;
    private IAsyncEnumerator<SseItem<HttpLiveFrame>>? _items;

    /// <summary>The next message.</summary>
    /// <exception cref="IOException">The connection has ended.</exception>
    /// <exception cref="TimeoutException">The service is silent.</exception>
    public async Task<HttpLiveFrame> NextAsync(CancellationToken cancellationToken)
    {
        await using var cancelled = cancellationToken.Register(_ended.Cancel);
        _ended.CancelAfter(silence);
        try
        {
            _items ??= await ConnectAsync();
            return await _items.MoveNextAsync() ? _items.Current.Data
                : throw new IOException("the service has ended the connection; it may be stopping");
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"the service sent nothing for {silence}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        if (_items is not null) await _items.DisposeAsync();
        _reply?.Dispose();
        _ended.Dispose();
    }

    private async Task<IAsyncEnumerator<SseItem<HttpLiveFrame>>> ConnectAsync()
    {
        var path = string.Create(
            CultureInfo.InvariantCulture, $"live?streams={partition.Stream}&partition={partition.Partition}&columns=all");
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Last-Event-ID", string.Create(CultureInfo.InvariantCulture, $"{partition}={fromOffset}"));
        _reply = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, _ended.Token);
        if (!_reply.IsSuccessStatusCode) throw HttpFailure.Of(_reply, await HttpFailure.ReadAsync(_reply, _ended.Token));
        var body = await _reply.Content.ReadAsStreamAsync(_ended.Token);
        return SseParser
            .Create(body, (_, data) => JsonSerializer.Deserialize<HttpLiveFrame>(data, WireJson.Options) ?? new HttpLiveFrame([]))
            .EnumerateAsync(_ended.Token).GetAsyncEnumerator(_ended.Token);
    }
}
