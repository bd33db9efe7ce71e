using System.Net.ServerSentEvents;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Live;

[Collection(ApiCollection.Name)]
public class LiveEndpointsTests(ApiFixture api)
{
    [Fact]
    public async Task Watch_ReconnectWithTheLastId_NoGapAndNoDuplicate()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(50), ApiFixture.Csv);
        var offsets = new List<long>();
        var id = await ReadUntilAsync($"streams={stream}&backlog=50", null, offsets, 50);
        await api.PushAsync(stream, ApiFixture.Events(300), ApiFixture.Csv);
        await ReadUntilAsync($"streams={stream}", id, offsets, 350);
        Assert.Equal(Enumerable.Range(0, 350).Select(i => (long)i), offsets);
    }

    [Fact]
    public async Task Watch_PushesWhileConnected_ArriveWithoutAsking()
    {
        var stream = await api.CreateStreamAsync();
        var offsets = new List<long>();
        var watching = ReadUntilAsync(
            $"streams={stream}", null, offsets, 20, connected: () => api.PushAsync(stream, ApiFixture.Events(20), ApiFixture.Csv));
        await watching;
        Assert.Equal(Enumerable.Range(0, 20).Select(i => (long)i), offsets);
    }

    [Fact]
    public async Task Watch_SeveralStreams_ComeOnOneConnection()
    {
        var (first, second) = (await api.CreateStreamAsync(), await api.CreateStreamAsync(partitions: 2));
        await api.PushAsync(first, ApiFixture.Events(10), ApiFixture.Csv);
        await api.PushAsync(second, ApiFixture.Events(10), ApiFixture.Csv);
        var offsets = new List<long>();
        var id = await ReadUntilAsync($"streams={first},{second}&backlog=100", null, offsets, 20);
        Assert.Equal($"{first}/0=10,{second}/0=5,{second}/1=5", id);
    }

    [Fact]
    public async Task Watch_FewPoints_KeepsTheExtremesAndCountsAll()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        await api.PushAsync(stream, ApiFixture.Events(1000, 1500, first: 1000), ApiFixture.Csv);
        var offsets = new List<long>();
        await ReadUntilAsync($"streams={stream}&backlog=1000&points=40", null, offsets, 1, untilOffset: 1999);
        Assert.InRange(offsets.Count, 20, 60);
        Assert.Contains(1500, offsets);
        Assert.Equal(1999, offsets[^1]);
    }

    [Theory]
    [InlineData("streams=", 400)]
    [InlineData("streams=none-such", 404)]
    [InlineData("", 400)]
    public async Task Watch_WrongStreams_IsAProblem(string query, int status)
    {
        var (actual, _) = await api.GetAsync($"/api/v1/live?{query}");
        Assert.Equal(status, actual);
    }

    [Fact]
    public async Task Watch_ForeignId_Is400()
    {
        var stream = await api.CreateStreamAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/live?streams={stream}");
        request.Headers.Add("Last-Event-ID", "what?");
        var (status, _) = await api.SendAsync(request);
        Assert.Equal(400, status);
    }

    /// <summary>Reads offsets until there are so many; returns the id of the last message.</summary>
    private async Task<string?> ReadUntilAsync(
        string query, string? lastId, List<long> offsets, int count, Func<Task>? connected = null, long untilOffset = -1)
    {
        var token = TestContext.Current.CancellationToken;
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/live?{query}");
        if (lastId is not null) request.Headers.Add("Last-Event-ID", lastId);
        using var reply = await api.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
        reply.EnsureSuccessStatusCode();
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType?.MediaType);
        await using var body = await reply.Content.ReadAsStreamAsync(token);
        string? id = null;
        await foreach (var message in SseParser.Create(body).EnumerateAsync(token))
        {
            id = message.EventId;
            if (connected is not null) await connected();
            connected = null;
            using var frame = JsonDocument.Parse(message.Data);
            foreach (var batch in frame.RootElement.GetProperty("batches").EnumerateArray())
                offsets.AddRange(batch.GetProperty("offset").EnumerateArray().Select(offset => offset.GetInt64()));
            if (offsets.Count >= count && offsets[^1] >= untilOffset) break;
        }

        return id;
    }
}
