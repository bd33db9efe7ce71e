using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DagmmStream.Bench.Page;

/// <summary>Very many live connections to a stream without events: what they cost the silo, and whether others are served.</summary>
/// <param name="address">The silo.</param>
/// <param name="silo">Its process.</param>
internal sealed class IdleConnections(Uri address, int silo) : IDisposable
{
    private const int AtOnce = 200;
    private const int Requests = 300;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Span = TimeSpan.FromSeconds(16);
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue }) { BaseAddress = address };
    private readonly List<Stream> _bodies = [];

    public async Task RunAsync(int count)
    {
        await CreateAsync();
        await LatencyAsync();
        Console.WriteLine($"without connections: {Resident():F0} MB resident, a push takes {await LatencyAsync()}");
        await OpenAsync(AtOnce);
        await Task.Delay(Settle);
        var (before, start) = (Resident(), Stopwatch.GetTimestamp());
        await OpenAsync(count);
        Console.WriteLine(Invariant($"{count:N0} connections opened in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s"));
        var reading = Task.WhenAll(_bodies.Select(ReadToNewsAsync));
        await Task.Delay(Settle);
        var each = (Resident() - before) * 1024 / (count - AtOnce);
        Console.WriteLine(Invariant($"{Resident():F0} MB resident, {each:F1} kB per connection"));
        var (cpu, from) = (ProcessTree.Seconds(silo), Stopwatch.GetTimestamp());
        await Task.Delay(Span);
        var part = 100 * (ProcessTree.Seconds(silo) - cpu) / Stopwatch.GetElapsedTime(from).TotalSeconds;
        Console.WriteLine(Invariant($"silent, with signs of life: {part:F1} % of a core"));
        Console.WriteLine($"a push to another stream takes {await LatencyAsync()}");
        from = Stopwatch.GetTimestamp();
        await PushAsync("watched");
        await reading;
        Console.WriteLine(Invariant($"an event is known to all after {Stopwatch.GetElapsedTime(from).TotalSeconds:F2} s"));
    }

    public void Dispose()
    {
        foreach (var body in _bodies) body.Dispose();
        _http.Dispose();
    }

    private async Task CreateAsync()
    {
        foreach (var name in (string[])["watched", "other"])
        {
            var definition = $$"""{"name": "{{name}}", "features": ["a"], "preset": "lite"}""";
            using var content = new StringContent(definition, Encoding.UTF8, "application/json");
            using var reply = await _http.PostAsync(new Uri("/api/v1/streams", UriKind.Relative), content);
            reply.EnsureSuccessStatusCode();
        }
    }

    private async Task OpenAsync(int count)
    {
        while (_bodies.Count < count) _bodies.AddRange(await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => ConnectAsync())));
    }

    private async Task<Stream> ConnectAsync()
    {
        var uri = new Uri("/api/v1/live?streams=watched", UriKind.Relative);
        var reply = await _http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead);
        reply.EnsureSuccessStatusCode();
        return await reply.Content.ReadAsStreamAsync();
    }

    private static async Task ReadToNewsAsync(Stream body)
    {
        using var reader = new StreamReader(body, Encoding.UTF8, false, 256, leaveOpen: true);
        while (await reader.ReadLineAsync() is { } line)
            if (line.Contains("firstOffset", StringComparison.Ordinal)) return;
        throw new IOException("a connection ended");
    }

    private async Task PushAsync(string stream)
    {
        using var content = new StringContent("a\n1\n", Encoding.UTF8, "text/csv");
        using var reply = await _http.PostAsync(new Uri($"/api/v1/streams/{stream}/events", UriKind.Relative), content);
        reply.EnsureSuccessStatusCode();
    }

    private async Task<string> LatencyAsync()
    {
        var times = new List<double>();
        for (var i = 0; i < Requests; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await PushAsync("other");
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return Invariant($"{times[Requests / 2]:F2} ms (median), {times[Requests * 99 / 100]:F2} ms (p99)");
    }

    private double Resident() => ProcessTree.ResidentMegabytes(silo);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
