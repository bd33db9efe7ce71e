using System.Net.Http.Json;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Events;

/// <summary>Categories, booleans, missing values and history over HTTP, in every format, by the stream's schema.</summary>
[Collection(ApiCollection.Name)]
public class TypedEventsTests(ApiFixture api)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ApiFixture.Csv, "load,open,kind,backFill\n1.5,true,mill,\n,0,press,1\n2,false,,false\n")]
    [InlineData(ApiFixture.Ndjson, """
        {"features":{"load":1.5,"open":true,"kind":"mill"}}
        {"features":[null,0,"press"],"backFill":true}
        {"features":{"load":2,"open":false}}
        """)]
    [InlineData("application/json", """
        [{"features":[1.5,1,"mill"]},{"features":{"open":false,"kind":"press"},"backFill":true},{"features":[2,false,null]}]
        """)]
    public async Task Push_TypedValues_ReachTheModelByTheirType(string type, string body)
    {
        var stream = await CreateAsync(type);
        var (status, reply) = await api.PushAsync(stream, body, type);
        Assert.Equal(200, status);
        Assert.Equal(3, reply.GetProperty("accepted").GetInt64());
        var flags = reply.GetProperty("scores").EnumerateArray().Select(score => score.GetProperty("flags").GetString()).ToArray();
        Assert.Equal("unseenCategory", flags[0]);
        Assert.Equal("imputed, unseenCategory, backFilled", flags[1]);
        Assert.Equal("imputed", flags[2]);
    }

    [Theory]
    [InlineData("load,open,kind\n1,2,mill\n", "not-a-boolean")]
    [InlineData("load,open,kind\n1,perhaps,mill\n", "not-a-number")]
    [InlineData("load,open,kind\nmuch,1,mill\n", "not-a-number")]
    [InlineData("load,open,kind\n1,,mill\n", "missing-value")]
    [InlineData("load,open,kind,backFill\n1,1,mill,old\n", "malformed")]
    [InlineData("load,open,kind\nInfinity,1,mill\n", "not-finite")]
    public async Task Push_CsvValueOfAnotherType_IsRejectedWithItsCode(string body, string code)
    {
        var stream = await CreateAsync(body + code);
        var (status, reply) = await api.PushAsync(stream, body, ApiFixture.Csv);
        Assert.Equal(422, status);
        Assert.Equal(code, reply.GetProperty("rejections")[0].GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"features":[1,true,7]}""", "not-a-category")]
    [InlineData("""{"features":[1,true,""]}""", "not-a-category")]
    [InlineData("""{"features":[true,true,"mill"]}""", "not-a-number")]
    [InlineData("""{"features":["1",true,"mill"]}""", "not-a-number")]
    [InlineData("""{"features":[1,null,"mill"]}""", "missing-value")]
    [InlineData("""{"features":{"load":1,"kind":"mill"}}""", "missing-value")]
    [InlineData("""{"features":[1,true,"mill"],"backFill":"yes"}""", "malformed")]
    [InlineData("""{"features":[[1],true,"mill"]}""", "not-a-number")]
    public async Task Push_JsonValueOfAnotherType_IsRejectedWithItsCode(string line, string code)
    {
        var stream = await CreateAsync(line);
        var (status, reply) = await api.PushAsync(stream, line, ApiFixture.Ndjson);
        Assert.Equal(422, status);
        Assert.Equal(code, reply.GetProperty("rejections")[0].GetProperty("code").GetString());
    }

    [Fact]
    public async Task Push_BackFillOfTheWholeBody_MarksEveryEvent()
    {
        var stream = await api.CreateStreamAsync();
        var (_, reply) = await api.PushAsync(stream, ApiFixture.Events(300), ApiFixture.Csv, "?backFill=true");
        Assert.All(
            reply.GetProperty("scores").EnumerateArray(), score => Assert.Equal("backFilled", score.GetProperty("flags").GetString()));
    }

    [Fact]
    public async Task Push_Strict_AcceptsNothingOfABatchWithABadEvent()
    {
        var stream = await api.CreateStreamAsync();
        var (status, problem) = await api.PushAsync(stream, "a,b\n1,2\n1,x\n1,2\n", ApiFixture.Csv, "?strict=true");
        Assert.Equal(422, status);
        Assert.Equal("urn:dagmm:problem:invalid-event", problem.GetProperty("type").GetString());
        Assert.Contains("line 3", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        var (_, described) = await api.GetAsync($"/api/v1/streams/{stream}");
        Assert.Equal(0, described.GetProperty("partitions")[0].GetProperty("accepted").GetInt64());
    }

    [Fact]
    public async Task Probe_TypedEvent_IsScoredAndForgotten()
    {
        var stream = await CreateAsync("probe");
        using var reply = await api.Http.PostAsJsonAsync(
            $"/api/v1/streams/{stream}/probe", new { features = new { load = 1, open = true, kind = "mill" } }, Token);
        var score = await reply.Content.ReadFromJsonAsync<JsonElement>(Token);
        Assert.Equal((-1, "warmingUp"), (score.GetProperty("offset").GetInt64(), score.GetProperty("verdict").GetString()));
    }

    // Names by what is pushed: every case has a stream of its own.
    private async Task<string> CreateAsync(string of)
    {
        var hash = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(of));
        var name = $"typed-{Convert.ToHexStringLower(hash)[..12]}";
        object[] types =
        [
            new { feature = "load", missing = "mean" }, new { feature = "open", kind = "boolean" },
            new { feature = "kind", kind = "categorical", missing = "last" },
        ];
        using var reply = await api.Http.PostAsJsonAsync(
            "/api/v1/streams", new { name, features = new[] { "load", "open", "kind" }, preset = "lite", inputs = new { types } }, Token);
        reply.EnsureSuccessStatusCode();
        return name;
    }
}
