using System.Text.Json;

namespace DagmmStream.Silo.Tests.Api;

[Collection(ApiCollection.Name)]
public class ApiDescriptionTests(ApiFixture api)
{
    [Fact]
    public async Task OpenApi_Document_Is31AndDescribesEveryOperation()
    {
        var (status, document) = await api.GetAsync("/openapi/v1.json");
        Assert.Equal(200, status);
        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).ToArray();
        Assert.All(operations, operation => Assert.True(operation.Value.TryGetProperty("summary", out _), operation.Name));
        Assert.Equal(operations.Length, operations.Select(o => o.Value.GetProperty("operationId").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task OpenApi_PushEvents_HasAnExampleOfEveryBody()
    {
        var (_, document) = await api.GetAsync("/openapi/v1.json");
        var bodies = document.GetProperty("paths").GetProperty("/api/v1/streams/{stream}/events").GetProperty("post")
            .GetProperty("requestBody").GetProperty("content");
        foreach (var type in (string[])["application/json", "application/x-ndjson", "text/csv"])
            Assert.NotEqual(JsonValueKind.Undefined, bodies.GetProperty(type).GetProperty("example").ValueKind);
    }

    [Fact]
    public async Task Reference_Page_LoadsItsScriptFromTheServiceItself()
    {
        var token = TestContext.Current.CancellationToken;
        var page = await api.Http.GetStringAsync(new Uri("/reference", UriKind.Relative), token);
        Assert.Contains("scalar.js", page, StringComparison.Ordinal);
        Assert.DoesNotContain("cdn.", page, StringComparison.OrdinalIgnoreCase);
        using var script = await api.Http.GetAsync(new Uri("/scalar/scalar.js", UriKind.Relative), token);
        Assert.True(script.IsSuccessStatusCode);
    }

    [Theory]
    [InlineData("GET", "/api/v1/nothing", 404, "not-found")]
    [InlineData("PUT", "/api/v1/streams", 405, "method-not-allowed")]
    public async Task Request_WithoutEndpoint_IsAProblemOfOurs(string method, string path, int status, string type)
    {
        var (actual, problem) = await api.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(status, actual);
        Assert.Equal("urn:dagmm:problem:" + type, problem.GetProperty("type").GetString());
    }
}
