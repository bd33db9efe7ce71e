using System.Globalization;
using System.Text;

namespace DagmmStream.Bench.Page;

/// <summary>Asks for what the page of a stream asks for, without a browser: what the silo does for a page, and nothing beside it.</summary>
/// <param name="address">The silo.</param>
/// <param name="stream">The stream.</param>
internal sealed class Reader(Uri address, string stream) : IAsyncDisposable
{
    private static readonly TimeSpan StatusEvery = TimeSpan.FromSeconds(2);
    private const int DriftsEvery = 5;
    private readonly HttpClient _http = new() { BaseAddress = address };
    private readonly CancellationTokenSource _stop = new();
    private Task _reading = Task.CompletedTask;
    private long _bytes;

    /// <summary>Bytes of live messages so far.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Start() => _reading = Task.WhenAll(WatchAsync(), PollAsync());

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var uri = new Uri($"/api/v1/live?streams={stream}&points=20", UriKind.Relative);
        using var reply = await _http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, _stop.Token);
        reply.EnsureSuccessStatusCode();
        await using var body = await reply.Content.ReadAsStreamAsync(_stop.Token);
        var buffer = new byte[16 * 1024];
        while (await body.ReadAsync(buffer, _stop.Token) is > 0 and var read) Volatile.Write(ref _bytes, _bytes + read);
    }

    private async Task PollAsync()
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            foreach (var path in i % DriftsEvery == 0 ? (string[])["", "/model", "/drifts"] : ["", "/model"])
                await _http.GetByteArrayAsync(new Uri($"/api/v1/streams/{stream}{path}", UriKind.Relative), _stop.Token);
            await Task.Delay(StatusEvery, _stop.Token);
        }
    }
}
