using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;
using Orleans.Core.Internal;

namespace DagmmStream.Silo.Tests.Streams;

[Collection(ApiCollection.Name)]
public class StreamEndpointsTests(ApiFixture api)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Create_Twice_Is201ThenThenSameDefinition()
    {
        var definition = new { name = "twice", features = new[] { "x" } };
        using var first = await api.Http.PostAsJsonAsync("/api/v1/streams", definition, Token);
        using var second = await api.Http.PostAsJsonAsync("/api/v1/streams", definition, Token);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal("/api/v1/streams/twice", first.Headers.Location?.ToString());
    }

    [Fact]
    public async Task List_WithStatus_LeavesPartitionsThatAreNotInMemoryWhereTheyAre()
    {
        var stream = await api.CreateStreamAsync(partitions: 2);
        await api.PushAsync(stream, ApiFixture.Events(10), ApiFixture.Csv, "?scores=none");
        Assert.Equal(["warmingUp", "warmingUp"], await StatesAsync(stream));
        await DeactivateAsync(stream, partitions: 2);
        Assert.Equal(["idle", "idle"], await StatesAsync(stream));
        Assert.Equal(["idle", "idle"], await StatesAsync(stream));
        var (_, described) = await api.GetAsync($"/api/v1/streams/{stream}");
        Assert.Equal(10, described.GetProperty("partitions").EnumerateArray().Sum(one => one.GetProperty("accepted").GetInt32()));
        Assert.Equal(["warmingUp", "warmingUp"], await StatesAsync(stream));
    }

    [Fact]
    public async Task UpdatePolicy_PartOfIt_ShowsInTheDescriptionAndKeepsTheRest()
    {
        var stream = await api.CreateStreamAsync();
        var (status, changed) = await PatchAsync(stream, """{"decision":{"kind":"pValue","limit":0.02}}""");
        Assert.Equal((200, 0.001), (status, changed.GetProperty("alarmRate").GetDouble()));
        await PatchAsync(stream, """{"alarmRate":0.04}""");
        var (_, described) = await api.GetAsync($"/api/v1/streams/{stream}");
        Assert.Equal(0.04, described.GetProperty("definition").GetProperty("alarmRate").GetDouble());
        Assert.Equal("pValue", described.GetProperty("definition").GetProperty("decision").GetProperty("kind").GetString());
        Assert.Equal(0.02, described.GetProperty("partitions")[0].GetProperty("decisionLimit").GetDouble());
    }

    [Theory]
    [InlineData("""{"alarmRate":0.9}""", 400, "invalid-definition")]
    [InlineData("""{"decision":{"rules":[{"feature":"nothing","kind":"onlyAbove"}]}}""", 400, "invalid-definition")]
    [InlineData("""{"decision":{"kind":"maybe"}}""", 400, "bad-request")]
    public async Task UpdatePolicy_Wrong_IsAProblemAndChangesNothing(string body, int status, string type)
    {
        var stream = await api.CreateStreamAsync();
        var (actual, problem) = await PatchAsync(stream, body);
        Assert.Equal((status, "urn:dagmm:problem:" + type), (actual, problem.GetProperty("type").GetString()));
        var (_, described) = await api.GetAsync($"/api/v1/streams/{stream}");
        Assert.Equal(0.001, described.GetProperty("definition").GetProperty("alarmRate").GetDouble());
        Assert.Equal(404, (await PatchAsync("nowhere", "{}")).Status);
    }

    [Theory]
    [InlineData("""{"name":"X y","features":["a"]}""", "invalid-definition", "X y")]
    [InlineData("""{"name":"x","features":[]}""", "invalid-definition", "0 features")]
    [InlineData("""{"name":"x","features":["a"],"alarmRate":2}""", "invalid-definition", "AlarmRate = 2")]
    [InlineData("""{"name":"x"}""", "bad-request", "features")]
    [InlineData("""{"name":"x","features":["a"],"preset":"huge"}""", "bad-request", "preset")]
    [InlineData("{", "bad-request", "JSON")]
    public async Task Create_WrongDefinition_IsAProblemThatNamesTheValue(string body, string type, string named)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var (status, problem) = await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/streams") { Content = content });
        Assert.Equal(400, status);
        Assert.Equal("urn:dagmm:problem:" + type, problem.GetProperty("type").GetString());
        Assert.Contains(named, problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Create_AnotherSchema_Is409AndNamesTheDifference()
    {
        var name = await api.CreateStreamAsync();
        using var reply = await api.Http.PostAsJsonAsync("/api/v1/streams", new { name, features = new[] { "a", "z" } }, Token);
        Assert.Equal(HttpStatusCode.Conflict, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Contains("\"b\" against \"z\"", JsonDocument.Parse(await reply.Content.ReadAsStringAsync(Token)).RootElement
            .GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_Pages_GiveEveryStreamOnceByName()
    {
        var created = new HashSet<string>();
        for (var i = 0; i < 5; i++) created.Add(await api.CreateStreamAsync());
        var names = new List<string>();
        for (string? next = "/api/v1/streams?limit=2"; next is not null;)
        {
            var (_, page) = await api.GetAsync(next);
            names.AddRange(page.GetProperty("streams").EnumerateArray()
                .Select(stream => stream.GetProperty("definition").GetProperty("name").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
        Assert.Superset(created, names.ToHashSet());
    }

    [Fact]
    public async Task Describe_AfterEvents_HasStateAndCounters()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(100), ApiFixture.Csv);
        var (_, description) = await api.GetAsync($"/api/v1/streams/{stream}");
        var partition = Assert.Single(description.GetProperty("partitions").EnumerateArray());
        Assert.Equal("warmingUp", partition.GetProperty("state").GetString());
        Assert.Equal((100, 256), (partition.GetProperty("accepted").GetInt32(), partition.GetProperty("warmUpNeeded").GetInt32()));
    }

    [Fact]
    public async Task Describe_StreamWithPartitions_HasItsNewestRound()
    {
        var stream = await api.CreateStreamAsync(partitions: 2);
        await api.PushAsync(stream, ApiFixture.Events(600), ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        var round = await api.Cluster.GetGrain<IRoundGrain>(stream).RunAsync(Token);
        var (_, description) = await api.GetAsync($"/api/v1/streams/{stream}");
        var rounds = description.GetProperty("rounds");
        Assert.Equal((2, 2), (rounds.GetProperty("participants").GetInt32(), rounds.GetProperty("partitions").GetInt32()));
        Assert.True(rounds.GetProperty("round").GetInt64() >= round.Round);
    }

    [Fact]
    public async Task Delete_Stream_IsGone()
    {
        var stream = await api.CreateStreamAsync();
        using var deleted = await api.Http.DeleteAsync(new Uri($"/api/v1/streams/{stream}", UriKind.Relative), Token);
        using var again = await api.Http.DeleteAsync(new Uri($"/api/v1/streams/{stream}", UriKind.Relative), Token);
        Assert.Equal((HttpStatusCode.NoContent, HttpStatusCode.NotFound), (deleted.StatusCode, again.StatusCode));
    }

    [Fact]
    public async Task Estimate_MoreFeatures_CostMore()
    {
        var small = await EstimateAsync(2);
        var large = await EstimateAsync(100);
        Assert.True(small.GetProperty("parameters").GetInt64() < large.GetProperty("parameters").GetInt64());
        Assert.True(small.GetProperty("memoryBytesPerPartition").GetInt64() < large.GetProperty("memoryBytesPerPartition").GetInt64());
        Assert.Equal(256, small.GetProperty("warmUpEvents").GetInt32());
    }

    [Fact]
    public async Task Model_AfterWarmUp_IsDescribed()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(500), ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        var (_, model) = await api.GetAsync($"/api/v1/streams/{stream}/model");
        Assert.True(model.GetProperty("version").GetInt64() >= 1);
        Assert.Equal(2, model.GetProperty("featureMeans").GetArrayLength());
    }

    [Fact]
    public async Task Drifts_AfterABreak_AreListed()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(512), ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        Assert.Equal(0, (await api.GetAsync($"/api/v1/streams/{stream}/drifts")).Body.GetArrayLength());
        var far = string.Concat(Enumerable.Range(0, 128).Select(i => $"1970-01-02T00:00:00Z,{1000 + i},{-1000 - i}\n"));
        await api.PushAsync(stream, ApiFixture.Events(0) + far, ApiFixture.Csv);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        var (status, drifts) = await api.GetAsync($"/api/v1/streams/{stream}/drifts");
        Assert.Equal(200, status);
        var broken = drifts.EnumerateArray().Single(drift => drift.GetProperty("stage").GetString() == "broken");
        Assert.Equal(640, broken.GetProperty("offset").GetInt64());
        Assert.Equal(JsonValueKind.String, broken.GetProperty("time").ValueKind);
        Assert.Equal(404, (await api.GetAsync("/api/v1/streams/nothing-here/drifts")).Status);
    }

    private async Task<JsonElement> EstimateAsync(int features)
    {
        using var content = JsonContent.Create(new { name = "e", features = Enumerable.Range(0, features).Select(i => $"f{i}") });
        var (status, estimate) = await api.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, "/api/v1/streams/estimate") { Content = content });
        Assert.Equal(200, status);
        return estimate;
    }

    /// <summary>Takes a stream's partitions out of memory, as the collection of idle grains does.</summary>
    private async Task DeactivateAsync(string stream, int partitions)
    {
        var management = api.Cluster.GetGrain<IManagementGrain>(0);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var partition = 0; partition < partitions; partition++)
        {
            var grain = api.Cluster.GetGrain<IPartitionGrain>(new PartitionId(stream, partition).ToString());
            await grain.AsReference<IGrainManagementExtension>().DeactivateOnIdle(Token);
            while ((await management.GetActiveGrains(grain.GetGrainId().Type, Token)).Contains(grain.GetGrainId()))
                await timer.WaitForNextTickAsync(Token);
        }
    }

    private Task<(int Status, JsonElement Body)> PatchAsync(string stream, string body) => api.SendAsync(
        new HttpRequestMessage(HttpMethod.Patch, $"/api/v1/streams/{stream}/policy")
        {
            Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json"),
        });

    /// <summary>What the list says about a stream's partitions.</summary>
    private async Task<string?[]> StatesAsync(string stream)
    {
        var (_, list) = await api.GetAsync("/api/v1/streams?status=true&limit=1000");
        var found = list.GetProperty("streams").EnumerateArray()
            .Single(one => one.GetProperty("definition").GetProperty("name").GetString() == stream);
        return [.. found.GetProperty("partitions").EnumerateArray().Select(one => one.GetProperty("state").GetString())];
    }
}
