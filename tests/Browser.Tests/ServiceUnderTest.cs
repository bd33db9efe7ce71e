using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using DagmmStream.Silo.Embedded;

namespace DagmmStream.Browser.Tests;

/// <summary>A silo that can be stopped and started again at the same address with the same store.</summary>
public sealed class ServiceUnderTest : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dagmm-browser-").FullName;
    private readonly Dictionary<string, long> _pushed = [];
    private readonly HttpClient _http = new();
    private EmbeddedSilo? _silo;

    public Uri Address { get; private set; } = new("http://127.0.0.1");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task StartAsync()
    {
        var port = Address.Port == 80 ? 0 : Address.Port;
        _silo = await EmbeddedSilo.StartAsync(
            new EmbeddedSiloOptions { StorePath = Path.Combine(_folder, "dagmm.db"), HttpPort = port }, Token);
        Address = _silo.HttpAddress;
    }

    public async Task StopAsync()
    {
        if (_silo is not null) await _silo.DisposeAsync();
        _silo = null;
    }

    public Task CreateAsync(string name, params string[] features) => CreatePartitionedAsync(name, 1, features);

    public async Task CreatePartitionedAsync(string name, int partitions, params string[] features)
    {
        var definition = new { name, features, alarmRate = 0.002, partitions };
        using var reply = await _http.PostAsJsonAsync(new Uri(Address, "/api/v1/streams"), definition, Token);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>Pushes so many events, and has them learned.</summary>
    public async Task FillAsync(string stream, int features, int count)
    {
        for (var part = 0; part < 3; part++)
        {
            await PushAsync(stream, features, count / 3);
            await CheckpointAsync(stream);
        }
    }

    /// <summary>Has what was pushed learned.</summary>
    public async Task CheckpointAsync(string stream)
    {
        using var reply = await _http.PostAsync(new Uri(Address, $"/api/v1/streams/{stream}/checkpoint"), null, Token);
        reply.EnsureSuccessStatusCode();
    }

    /// <summary>Pushes events that go on where the last ones ended, ten a second of event time; every 500th is far out.</summary>
    public async Task PushAsync(string stream, int features, int count, string query = "", double shift = 0)
    {
        var first = _pushed.GetValueOrDefault(stream);
        var text = new StringBuilder("time,").AppendJoin(',', await NamesAsync(stream)).Append('\n');
        for (var i = first; i < first + count; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{1_790_000_000_000_000 + (i * 100_000)}");
            for (var j = 0; j < features; j++)
            {
                var far = i % 500 == 499 && j == features - 1 ? 6 : 0;
                var wobble = 0.1 * Math.Sin(i * (7.3 + j));
                text.Append(CultureInfo.InvariantCulture, $",{5 + j + Math.Sin(i / (9.0 + j)) + wobble + far + shift:F4}");
            }

            text.Append('\n');
        }

        using var content = new StringContent(text.ToString(), Encoding.UTF8, "text/csv");
        using var reply = await _http.PostAsync(new Uri(Address, $"/api/v1/streams/{stream}/events?scores=none{query}"), content, Token);
        reply.EnsureSuccessStatusCode();
        _pushed[stream] = first + count;
    }

    public long Pushed(string stream) => _pushed.GetValueOrDefault(stream);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string[]> NamesAsync(string stream)
    {
        var text = await _http.GetStringAsync(new Uri(Address, $"/api/v1/streams/{stream}"), Token);
        using var json = System.Text.Json.JsonDocument.Parse(text);
        return [.. json.RootElement.GetProperty("definition").GetProperty("features").EnumerateArray()
            .Select(feature => feature.ValueKind == System.Text.Json.JsonValueKind.String
                ? feature.GetString()! : feature.GetProperty("name").GetString()!)];
    }
}
