using System.Globalization;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Scores;

[Collection(ApiCollection.Name)]
public class ScoreEndpointsTests(ApiFixture api)
{
    private const int Count = 3000;

    [Fact]
    public async Task Read_Pages_GiveEveryScoreOnce()
    {
        var stream = await FilledAsync();
        var offsets = new List<long>();
        for (string? next = $"/api/v1/streams/{stream}/scores?limit=700"; next is not null;)
        {
            var (status, page) = await api.GetAsync(next);
            Assert.Equal(200, status);
            offsets.AddRange(page.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("offset").GetInt64()));
            next = page.GetProperty("next").GetString();
            if (page.GetProperty("scores").GetArrayLength() == 0) break;
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => (long)i), offsets);
    }

    [Theory]
    [InlineData(100, 200)]
    [InlineData(0, 1)]
    [InlineData(2990, 5000)]
    public async Task Read_RangeOfTimes_GivesExactlyIt(int start, int end)
    {
        var stream = await FilledAsync();
        var (_, page) = await api.GetAsync($"/api/v1/streams/{stream}/scores?limit=10000&start={Time(start)}&end={Time(end)}");
        var offsets = page.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("offset").GetInt32());
        Assert.Equal(Enumerable.Range(start, Math.Min(end, Count) - start), offsets);
    }

    [Theory]
    [InlineData("text/csv", "partition,offset,time,")]
    [InlineData("application/x-ndjson", "{\"partition\":0,\"offset\":0,")]
    public async Task Read_AsFile_GivesTheWholeHistory(string type, string begin)
    {
        var stream = await FilledAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/streams/{stream}/scores");
        request.Headers.Accept.ParseAdd(type);
        using var reply = await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var lines = (await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(type, reply.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(begin, lines[0], StringComparison.Ordinal);
        Assert.Equal(type == "text/csv" ? Count + 1 : Count, lines.Length);
    }

    [Fact]
    public async Task Read_OnlyAnomalies_GivesThese()
    {
        var stream = await FilledAsync();
        var (_, page) = await api.GetAsync($"/api/v1/streams/{stream}/scores?verdict=anomalous&limit=10000");
        var scores = page.GetProperty("scores").EnumerateArray().ToArray();
        Assert.Contains(scores, score => score.GetProperty("offset").GetInt32() == Count - 100);
        Assert.All(scores, score => Assert.Equal("anomalous", score.GetProperty("verdict").GetString()));
    }

    [Theory]
    [InlineData("scores?limit=0", 400)]
    [InlineData("scores?limit=10001", 400)]
    [InlineData("scores?partition=7", 400)]
    [InlineData("scores?verdict=odd", 400)]
    [InlineData("scores?start=2026-01-02T00:00:00Z&end=2026-01-01T00:00:00Z", 400)]
    [InlineData("series?columns=0", 400)]
    public async Task Read_WrongParameter_Is400(string query, int status)
    {
        var stream = await api.CreateStreamAsync();
        var (actual, problem) = await api.GetAsync($"/api/v1/streams/{stream}/{query}");
        Assert.Equal(status, actual);
        Assert.Equal("urn:dagmm:problem:invalid-parameter", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Read_UnknownStream_Is404()
    {
        var (status, problem) = await api.GetAsync("/api/v1/streams/none/scores");
        Assert.Equal((404, "urn:dagmm:problem:stream-not-found"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Series_MoreEventsThanColumns_KeepsLowestAndHighestOfEveryColumn()
    {
        var stream = await FilledAsync();
        var (_, all) = await api.GetAsync($"/api/v1/streams/{stream}/series?from=1000&to=3000&columns=2000");
        var (_, thin) = await api.GetAsync($"/api/v1/streams/{stream}/series?from=1000&to=3000&columns=20");
        Assert.Equal(2000, all.GetProperty("offset").GetArrayLength());
        Assert.Equal(100, thin.GetProperty("eventsPerColumn").GetInt64());
        // Two a column, and the newest event.
        Assert.InRange(thin.GetProperty("offset").GetArrayLength(), 20, 41);
        Assert.Equal(Numbers(all).Max(), Numbers(thin).Max());
        Assert.Equal(Numbers(all).Min(), Numbers(thin).Min());
        Assert.NotEmpty(thin.GetProperty("anomalies").EnumerateArray());
    }

    private static IEnumerable<double> Numbers(JsonElement series) =>
        series.GetProperty("score").EnumerateArray().Select(value => value.GetDouble());

    private static string Time(int second) =>
        Uri.EscapeDataString(DateTimeOffset.UnixEpoch.AddSeconds(second).ToString("O", CultureInfo.InvariantCulture));

    // Learned before the peak comes, so that there is a snapshot to score it.
    private async Task<string> FilledAsync()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv, "?scores=none");
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        await api.PushAsync(stream, ApiFixture.Events(Count - 1000, Count - 100, first: 1000), ApiFixture.Csv, "?scores=none");
        return stream;
    }
}
