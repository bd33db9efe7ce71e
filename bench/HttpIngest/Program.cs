using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using DagmmStream.Silo.Embedded;

// CSV with 8 features over HTTP into one stream, Lite preset; client and silo in this process. The bar, in memory: 80,000 events/s, memory
// flat.
var events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var folder = Directory.CreateTempSubdirectory("dagmm-bench-").FullName;
await using (var silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { StorePath = Path.Combine(folder, "bench.db") }))
{
    using var http = new HttpClient { BaseAddress = silo.HttpAddress, Timeout = TimeSpan.FromMinutes(5) };
    var body = Encoding.UTF8.GetBytes(Csv(100_000));
    foreach (var durability in (string[])["inMemory", "journaled"])
    {
        var features = Enumerable.Range(0, 8).Select(i => $"f{i}");
        var definition = new { name = durability.ToLowerInvariant(), features, preset = "lite", durability };
        using var created = await http.PostAsJsonAsync("/api/v1/streams", definition);
        created.EnsureSuccessStatusCode();
        await PushAsync(http, durability, body);
        var (begun, cpu) = (Stopwatch.GetTimestamp(), Process.GetCurrentProcess().TotalProcessorTime);
        for (var pushed = 0; pushed < events; pushed += 100_000)
        {
            await PushAsync(http, durability, body);
            if (pushed % 500_000 == 0)
                Console.WriteLine(
                    $"{durability}: after {pushed + 200_000:N0} events {Environment.WorkingSet >> 20} MB resident, "
                    + $"{GC.GetTotalMemory(true) >> 20} MB live");
        }

        var elapsed = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        var used = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{durability}: {events / elapsed:N0} events/s; {used / elapsed:F2} cores, {1e6 * used / events:F2} µs of CPU per event"));
    }
}

Directory.Delete(folder, recursive: true);

static async Task PushAsync(HttpClient http, string stream, byte[] body)
{
    using var content = new ByteArrayContent(body);
    content.Headers.ContentType = new("text/csv");
    var path = new Uri($"/api/v1/streams/{stream.ToLowerInvariant()}/events?scores=none", UriKind.Relative);
    using var reply = await http.PostAsync(path, content);
    if (!reply.IsSuccessStatusCode) throw new InvalidOperationException(await reply.Content.ReadAsStringAsync());
}

static string Csv(int count)
{
    var text = new StringBuilder("f0,f1,f2,f3,f4,f5,f6,f7\n");
    for (var i = 0; i < count; i++)
    {
        for (var j = 0; j < 8; j++)
        {
            var value = Math.Sin(i / (9.0 + j)) + (0.1 * Math.Sin(i * (7.3 + j)));
            text.Append(j == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"{value:F5}");
        }

        text.Append('\n');
    }

    return text.ToString();
}
