using System.Text;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Explanations;

[Collection(ApiCollection.Name)]
public class ExplanationEndpointsTests(ApiFixture api)
{
    private const int Peak = 1050;

    [Fact]
    public async Task Explain_Anomaly_NamesTheFeatureAndAddsUp()
    {
        var stream = await FilledAsync();
        var (status, why) = await api.GetAsync($"/api/v1/streams/{stream}/explanations/{Peak}");
        Assert.Equal(200, status);
        var feature = why.GetProperty("features")[0];
        Assert.Equal(("b", 50d), (feature.GetProperty("name").GetString(), feature.GetProperty("value").GetDouble()));
        Assert.Equal("anomalous", why.GetProperty("score").GetProperty("verdict").GetString());
        var parts = why.GetProperty("parts").EnumerateArray().Sum(part => part.GetProperty("energy").GetDouble());
        var energy = why.GetProperty("score").GetProperty("energy").GetDouble();
        Assert.Equal(energy - why.GetProperty("medianEnergy").GetDouble(), parts, 1e-6 * Math.Max(1, Math.Abs(energy)));
    }

    [Fact]
    public async Task Explain_ProbeThatIsNotPushed_ChangesNothing()
    {
        var stream = await FilledAsync();
        var (status, why) = await PostAsync(HttpMethod.Post, $"/api/v1/streams/{stream}/explain", """{"features":{"a":0,"b":50}}""");
        Assert.Equal((200, -1), (status, why.GetProperty("score").GetProperty("offset").GetInt32()));
        var (_, description) = await api.GetAsync($"/api/v1/streams/{stream}");
        Assert.Equal(1100, description.GetProperty("partitions")[0].GetProperty("accepted").GetInt32());
    }

    [Theory]
    [InlineData("""{"features":{"a":0}}""", 422, "invalid-event")]
    [InlineData("{", 400, "malformed-body")]
    public async Task Explain_WrongProbe_IsAProblem(string body, int status, string type)
    {
        var stream = await FilledAsync();
        var (actual, problem) = await PostAsync(HttpMethod.Post, $"/api/v1/streams/{stream}/explain", body);
        Assert.Equal((status, "urn:dagmm:problem:" + type), (actual, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Explain_WarmingUp_Is404AndSaysWhy()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(10), ApiFixture.Csv);
        var (status, problem) = await api.GetAsync($"/api/v1/streams/{stream}/explanations/3");
        Assert.Equal((404, "urn:dagmm:problem:not-kept"), (status, problem.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Label_PutThenDelete_IsKeptThenGone()
    {
        var stream = await FilledAsync();
        var path = $"/api/v1/streams/{stream}/labels/{Peak}";
        var (status, state) = await PostAsync(HttpMethod.Put, path, """{"label":"normal"}""");
        Assert.Equal((200, 1), (status, state.GetProperty("labels").GetArrayLength()));
        Assert.Equal("normal", state.GetProperty("labels")[0].GetProperty("label").GetString());
        var (_, after) = await api.SendAsync(new HttpRequestMessage(HttpMethod.Delete, path));
        Assert.Equal(0, after.GetProperty("labels").GetArrayLength());
        var (wrong, _) = await PostAsync(HttpMethod.Put, path, """{"label":"maybe"}""");
        Assert.Equal(400, wrong);
    }

    private Task<(int Status, JsonElement Body)> PostAsync(HttpMethod method, string path, string body) => api.SendAsync(
        new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") });

    private async Task<string> FilledAsync()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv, "?scores=none");
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        await api.PushAsync(stream, ApiFixture.Events(100, Peak, first: 1000), ApiFixture.Csv, "?scores=none");
        return stream;
    }
}
