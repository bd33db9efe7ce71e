using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Access;

[Collection(ApiCollection.Name)]
public class LoopbackTests(ApiFixture api)
{
    [Theory]
    [InlineData("Host", "rebound.example")]
    [InlineData("Origin", "http://evil.example")]
    [InlineData("Origin", "null")]
    [InlineData("Authorization", "Bearer dagmm_00000000_AAAAAAAA")]
    public async Task Request_FromAForeignPageOrName_IsNotTakenForLocal(string header, string value)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/streams");
        request.Headers.TryAddWithoutValidation(header, value);
        var (status, _) = await api.SendAsync(request);
        Assert.Equal(401, status);
    }

    [Fact]
    public async Task Request_FromThePageItself_IsLocal()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/streams");
        request.Headers.Add("Origin", api.Http.BaseAddress!.GetLeftPart(UriPartial.Authority));
        var (status, _) = await api.SendAsync(request);
        Assert.Equal(200, status);
    }
}
