using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Events;

[Collection(ApiCollection.Name)]
public class EventEndpointsTests(ApiFixture api)
{
    [Fact]
    public async Task Push_Csv_EveryEventHasItsVerdict()
    {
        var stream = await api.CreateStreamAsync();
        var (status, body) = await api.PushAsync(stream, ApiFixture.Events(300), ApiFixture.Csv);
        Assert.Equal(200, status);
        Assert.Equal(300, body.GetProperty("accepted").GetInt64());
        Assert.Equal(300, body.GetProperty("scores").GetArrayLength());
        Assert.Equal(Enumerable.Range(0, 300), body.GetProperty("scores").EnumerateArray().Select(s => s.GetProperty("offset").GetInt32()));
        Assert.Equal("warmingUp", body.GetProperty("scores")[0].GetProperty("verdict").GetString());
        Assert.Equal(JsonValueKind.Null, body.GetProperty("scores")[0].GetProperty("energy").ValueKind);
    }

    [Fact]
    public async Task Push_ColumnsInAnotherOrder_AreFoundByNameAndOthersReported()
    {
        var stream = await api.CreateStreamAsync();
        var (_, first) = await api.PushAsync(stream, "b,label,a\n2,x,1\n", ApiFixture.Csv);
        Assert.Equal(["label"], first.GetProperty("ignoredColumns").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(1, first.GetProperty("accepted").GetInt64());
    }

    [Theory]
    [InlineData("a,b\n1,x\n1,2\n", 2, "not-a-number")]
    [InlineData("a,b\n1,2\n1,\n", 3, "missing-value")]
    [InlineData("a,b\n1,2\n1\n", 3, "wrong-width")]
    [InlineData("a,b\n1,2\n\n1,Infinity\n", 4, "not-finite")]
    [InlineData("a,b\n1,2\n1,NaN\n", 3, "not-finite")]
    [InlineData("a,b\n1,2\n1,1e60\n", 3, "not-finite")]
    [InlineData("time,a,b\n2026-01-01T00:00:00Z,1,2\nyesterday,1,2\n", 3, "invalid-time")]
    [InlineData("time,a,b\n2026-01-01T00:00:00Z,1,2\n9223372036854775807,1,2\n", 3, "invalid-time")]
    public async Task Push_BadCsvLine_IsRejectedWithLineAndCodeAndTheOtherAccepted(string body, int line, string code)
    {
        var stream = await api.CreateStreamAsync();
        var (status, reply) = await api.PushAsync(stream, body, ApiFixture.Csv);
        Assert.Equal(200, status);
        Assert.Equal(1, reply.GetProperty("accepted").GetInt64());
        var rejection = Assert.Single(reply.GetProperty("rejections").EnumerateArray());
        Assert.Equal(line, rejection.GetProperty("line").GetInt32());
        Assert.Equal(code, rejection.GetProperty("code").GetString());
    }

    [Theory]
    [InlineData("""{"features":{"a":1}}""", "missing-value")]
    [InlineData("""{"features":{"a":1,"b":null}}""", "missing-value")]
    [InlineData("""{"time":1}""", "missing-value")]
    [InlineData("""{"features":{"a":1,"b":2,"c":3}}""", "unknown-feature")]
    [InlineData("""{"features":[1]}""", "wrong-width")]
    [InlineData("""{"features":[1,2,3]}""", "wrong-width")]
    [InlineData("""{"features":[1,"2"]}""", "not-a-number")]
    [InlineData("""{"features":[1,1e99]}""", "not-finite")]
    [InlineData("""{"features":[1,2],"time":"noon"}""", "invalid-time")]
    [InlineData("""{"features":[1,2],"colour":1}""", "malformed")]
    [InlineData("""{"features":[1,2],"key":7}""", "malformed")]
    [InlineData("""{"features":[1,2]} {}""", "malformed")]
    [InlineData("{\"features\":[1,2", "malformed")]
    [InlineData("[]", "malformed")]
    public async Task Push_BadNdjsonLine_IsRejectedAndTheOtherAccepted(string line, string code)
    {
        var stream = await api.CreateStreamAsync();
        var (status, reply) = await api.PushAsync(stream, "{\"features\":[1,2]}\n\n" + line + "\n", ApiFixture.Ndjson);
        Assert.Equal(200, status);
        Assert.Equal(1, reply.GetProperty("accepted").GetInt64());
        var rejection = Assert.Single(reply.GetProperty("rejections").EnumerateArray());
        Assert.Equal((3, code), (rejection.GetProperty("line").GetInt32(), rejection.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task Push_JsonArray_AcceptsNamesAndPositions()
    {
        var stream = await api.CreateStreamAsync();
        var (_, reply) = await api.PushAsync(
            stream, """[{"time":"1970-01-01T00:00:01Z","features":{"b":2,"a":1}},{"features":[1,2]},7]""", "application/json");
        Assert.Equal(2, reply.GetProperty("accepted").GetInt64());
        Assert.Equal(3, reply.GetProperty("rejections")[0].GetProperty("line").GetInt32());
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1), reply.GetProperty("scores")[0].GetProperty("time").GetDateTimeOffset());
    }

    [Fact]
    public async Task Push_Gzip_IsReadWhileItIsDecompressed()
    {
        var stream = await api.CreateStreamAsync();
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            await gzip.WriteAsync(Encoding.UTF8.GetBytes(ApiFixture.Events(1000)), TestContext.Current.CancellationToken);
        using var content = new ByteArrayContent(packed.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue(ApiFixture.Csv);
        content.Headers.ContentEncoding.Add("gzip");
        var (_, reply) = await api.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/events?scores=none") { Content = content });
        Assert.Equal(1000, reply.GetProperty("accepted").GetInt64());
        Assert.Equal(0, reply.GetProperty("scores").GetArrayLength());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Push_SameIdempotencyKeyTwice_AcceptsEveryEventOnce(int partitions)
    {
        var stream = await api.CreateStreamAsync(partitions);
        var (_, first) = await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv, idempotencyKey: "load-7");
        var (_, second) = await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv, idempotencyKey: "load-7");
        Assert.Equal(1000, first.GetProperty("accepted").GetInt64());
        Assert.Equal((0, 1000), (second.GetProperty("accepted").GetInt64(), second.GetProperty("duplicates").GetInt64()));
        Assert.Equal(first.GetProperty("scores").GetRawText(), second.GetProperty("scores").GetRawText());
        var (_, description) = await api.GetAsync($"/api/v1/streams/{stream}");
        Assert.Equal(1000, description.GetProperty("partitions").EnumerateArray().Sum(p => p.GetProperty("accepted").GetInt64()));
    }

    [Fact]
    public async Task Push_LongerBodyUnderTheSameKey_AcceptsWhatIsNew()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(700), ApiFixture.Csv, idempotencyKey: "k");
        var (_, reply) = await api.PushAsync(stream, ApiFixture.Events(900), ApiFixture.Csv, idempotencyKey: "k");
        Assert.Equal((200, 700), (reply.GetProperty("accepted").GetInt64(), reply.GetProperty("duplicates").GetInt64()));
    }

    [Fact]
    public async Task Push_SequenceLeavesAGap_Is409AndNamesTheExpectedOne()
    {
        var stream = await api.CreateStreamAsync();
        var (ok, _) = await api.PushAsync(stream, ApiFixture.Events(10), ApiFixture.Csv, "?producer=p&sequence=0");
        var (status, problem) = await api.PushAsync(stream, ApiFixture.Events(10), ApiFixture.Csv, "?producer=p&sequence=12");
        Assert.Equal((200, 409), (ok, status));
        Assert.Equal("urn:dagmm:problem:sequence-gap", problem.GetProperty("type").GetString());
        Assert.Equal(10, problem.GetProperty("expectedSequence").GetInt64());
    }

    [Theory]
    [InlineData("a,c\n1,2\n", "text/csv", 400, "invalid-header")]
    [InlineData("a,a,b\n1,2,3\n", "text/csv", 400, "invalid-header")]
    [InlineData("", "text/csv", 400, "invalid-header")]
    [InlineData("a,b\n1,x\n", "text/csv", 422, "all-events-rejected")]
    [InlineData("{\"a\":1}", "application/json", 400, "malformed-body")]
    [InlineData("a,b\n1,2\n", "text/plain", 415, "unsupported-media-type")]
    [InlineData("a,b\n1,2\n", "text/csv; charset=utf-16", 415, "unsupported-media-type")]
    public async Task Push_BodyThatCannotBeUsed_IsAProblemOfAStableType(string body, string type, int status, string problemType)
    {
        var stream = await api.CreateStreamAsync();
        var (actual, problem) = await api.PushAsync(stream, body, type);
        Assert.Equal(status, actual);
        Assert.Equal("urn:dagmm:problem:" + problemType, problem.GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("?scores=some", "scores")]
    [InlineData("?partition=1", "partition")]
    [InlineData("?sequence=4", "sequence")]
    [InlineData("?producer=p", "sequence")]
    [InlineData("?producer=p&sequence=-1", "sequence")]
    [InlineData("?producer=p&sequence=x", "sequence")]
    public async Task Push_WrongParameter_Is400AndNamesIt(string query, string name)
    {
        var stream = await api.CreateStreamAsync();
        var (status, problem) = await api.PushAsync(stream, "a,b\n1,2\n", ApiFixture.Csv, query);
        Assert.Equal(400, status);
        Assert.Contains(name, problem.GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Push_EndlessLine_EndsWithAProblemAndTheEventsBeforeStay()
    {
        var stream = await api.CreateStreamAsync();
        var (status, problem) = await api.PushAsync(
            stream, "{\"features\":[1,2]}\n{\"key\":\"" + new string('x', 2_000_000), ApiFixture.Ndjson);
        Assert.Equal(400, status);
        Assert.Equal("urn:dagmm:problem:line-too-long", problem.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Push_SameKey_StaysInOnePartition()
    {
        var stream = await api.CreateStreamAsync(partitions: 4);
        var body = new StringBuilder("a,b,key\n");
        for (var i = 0; i < 40; i++) body.Append("1,2,pump-3\n");
        var (_, reply) = await api.PushAsync(stream, body.ToString(), ApiFixture.Csv);
        var range = Assert.Single(reply.GetProperty("partitions").EnumerateArray());
        Assert.Equal(40, range.GetProperty("nextOffset").GetInt64());
    }

    [Fact]
    public async Task Push_StreamDeletedAndCreatedAgain_AcceptsUnderAFreshProducer()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(300), ApiFixture.Csv);
        using var deleted = await api.Http.DeleteAsync(
            new Uri($"/api/v1/streams/{stream}", UriKind.Relative), TestContext.Current.CancellationToken);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/api/v1/streams")
        {
            Content = new StringContent(
                $$"""{"name":"{{stream}}","features":["a","b"],"preset":"lite"}""", Encoding.UTF8, "application/json"),
        });
        var (status, reply) = await api.PushAsync(stream, ApiFixture.Events(300), ApiFixture.Csv);
        Assert.Equal(200, status);
        Assert.Equal(300, reply.GetProperty("accepted").GetInt64());
    }
}
