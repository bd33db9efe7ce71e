using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Alerts;

[Collection(ApiCollection.Name)]
public class AlertEndpointsTests(ApiFixture api)
{
    private const int Peak = 1050;
    private static readonly string Secret = AlertWebhook.SecretPrefix + Convert.ToBase64String(new byte[24]);

    [Fact]
    public async Task Alert_OfAnAnomaly_IsListedTakenSuppressedAndDelivered()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        var stream = await WarmAsync();
        var policy = $$"""
            {"attributes":{"team":"night"},"closeAfterEvents":8,"holdPValue":0,
             "webhooks":[{"name":"ops","url":"{{receiver.Url}}","secret":"{{Secret}}"}]}
            """;
        Assert.Equal(200, (await SendAsync(HttpMethod.Put, $"/api/v1/streams/{stream}/alerts/policy", policy)).Status);
        await api.PushAsync(stream, ApiFixture.Events(100, Peak, first: 1000), ApiFixture.Csv, "?scores=none");

        var (_, list) = await api.GetAsync($"/api/v1/streams/{stream}/alerts");
        var alert = list.GetProperty("alerts").EnumerateArray()
            .Single(one => one.GetProperty("peak").GetProperty("offset").GetInt32() == Peak);
        Assert.Equal(("ended", "anomaly", "night"),
            (Text(alert, "state"), Text(alert, "kind"), Text(alert.GetProperty("attributes"), "team")));
        Assert.EndsWith($"/#/stream/{stream}/0?point={Peak}", Text(alert, "link"), StringComparison.Ordinal);
        var path = $"/api/v1/alerts/{Text(alert, "id")}";

        Assert.Equal("dagmm.alert.raised", Text((await receiver.NextAsync(Text(alert, "id"))).Json, "type"));
        Assert.Equal("dagmm.alert.ended", Text((await receiver.NextAsync(Text(alert, "id"))).Json, "type"));
        var (_, taken) = await SendAsync(HttpMethod.Post, path + "/acknowledge", """{"note":"pump replaced"}""");
        Assert.Equal("pump replaced", Text(taken, "note"));
        Assert.Equal(JsonValueKind.String, taken.GetProperty("acknowledgedAt").ValueKind);
        Assert.True((await SendAsync(HttpMethod.Post, path + "/suppress")).Body.GetProperty("suppressed").GetBoolean());
        Assert.False((await SendAsync(HttpMethod.Delete, path + "/suppress")).Body.GetProperty("suppressed").GetBoolean());
        var (_, detail) = await api.GetAsync(path);
        Assert.Equal(["raised", "ended"], detail.GetProperty("deliveries").EnumerateArray().Select(one => Text(one, "transition")));
        Assert.Equal(JsonValueKind.Null, (await SendAsync(HttpMethod.Delete, path + "/acknowledge")).Body.GetProperty("note").ValueKind);
    }

    [Fact]
    public async Task Live_AlertThatBeginsAndIsTaken_ComesEachTime()
    {
        var stream = await WarmAsync();
        var (uri, token) = (new Uri("/api/v1/alerts/live", UriKind.Relative), TestContext.Current.CancellationToken);
        using var reply = await api.Http.GetAsync(uri, HttpCompletionOption.ResponseHeadersRead, token);
        await using var body = await reply.Content.ReadAsStreamAsync(token);
        await using var messages = SseParser.Create(body).EnumerateAsync(token).GetAsyncEnumerator(token);
        Assert.True(await messages.MoveNextAsync());
        await api.PushAsync(stream, ApiFixture.Events(60, Peak, first: 1000), ApiFixture.Csv, "?scores=none");
        var begun = await NextAsync(_ => true);
        await SendAsync(HttpMethod.Post, $"/api/v1/alerts/{Text(begun, "id")}/acknowledge", """{"note":"seen"}""");
        await NextAsync(alert => Text(alert, "id") == Text(begun, "id") && Text(alert, "note") == "seen");

        async Task<JsonElement> NextAsync(Func<JsonElement, bool> isWanted)
        {
            while (await messages.MoveNextAsync())
            {
                var alerts = JsonDocument.Parse(messages.Current.Data).RootElement.GetProperty("alerts").EnumerateArray();
                var found = alerts.Where(alert => Text(alert, "stream") == stream).Where(isWanted).ToArray();
                if (found.Length > 0) return found[0];
            }

            throw new InvalidOperationException("the connection ended");
        }
    }

    [Fact]
    public async Task Resend_MessageThatWasGivenUp_ArrivesAndLeavesTheList()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Status = 410;
        var stream = await WarmAsync();
        await SendAsync(HttpMethod.Put, $"/api/v1/streams/{stream}/alerts/policy",
            $$"""{"closeAfterEvents":1000000,"webhooks":[{"name":"ops","url":"{{receiver.Url}}"}]}""");
        await api.PushAsync(stream, ApiFixture.Events(100, Peak, first: 1000), ApiFixture.Csv, "?scores=none");
        await receiver.NextAsync();
        var dead = await DeadAsync(stream);
        Assert.Equal(("the receiver answered 410", "dead"), (Text(dead[0], "error"), Text(dead[0], "state")));
        receiver.Status = 200;
        var resend = $"/api/v1/alerts/deliveries/{dead[0].GetProperty("number").GetInt64()}/resend";
        Assert.Equal(200, (await SendAsync(HttpMethod.Post, resend)).Status);
        await receiver.NextAsync();
    }

    [Fact]
    public async Task Policy_SetAgainWithoutSecret_KeepsItForTheSameAddressOnly()
    {
        var stream = await api.CreateStreamAsync();
        var path = $"/api/v1/streams/{stream}/alerts/policy";
        var (_, set) = await SendAsync(HttpMethod.Put, path, Webhook("http://a.test/", Secret));
        Assert.True(HasSecret(set));
        Assert.DoesNotContain(Secret, set.ToString(), StringComparison.Ordinal);
        Assert.True(HasSecret((await SendAsync(HttpMethod.Put, path, Webhook("http://a.test/", null))).Body));
        Assert.False(HasSecret((await SendAsync(HttpMethod.Put, path, Webhook("http://b.test/", null))).Body));
        Assert.False(HasSecret((await api.GetAsync(path)).Body));

        static bool HasSecret(JsonElement policy) => policy.GetProperty("webhooks")[0].GetProperty("hasSecret").GetBoolean();

        static string Webhook(string url, string? secret) =>
            JsonSerializer.Serialize(new { webhooks = new[] { new { name = "ops", url, secret } } });
    }

    [Theory]
    [InlineData("""{"minEvents":0}""", "invalid-definition")]
    [InlineData("""{"silence":"00:00:00.1"}""", "invalid-definition")]
    [InlineData("""{"webhooks":[{"name":"a","url":"ftp://a.test/"}]}""", "invalid-definition")]
    [InlineData("""{"webhooks":[{"name":"a","url":"http://u:p@a.test/"}]}""", "invalid-definition")]
    [InlineData("""{"webhooks":[{"name":"a","url":"http://a.test/","secret":"short"}]}""", "invalid-definition")]
    [InlineData("""{"webhooks":[{"name":"a","url":"http://169.254.169.254/"}]}""", "webhook-refused")]
    public async Task Policy_Wrong_IsAProblemAndChangesNothing(string policy, string type)
    {
        var stream = await api.CreateStreamAsync();
        var (status, problem) = await SendAsync(HttpMethod.Put, $"/api/v1/streams/{stream}/alerts/policy", policy);
        Assert.Equal((400, "urn:dagmm:problem:" + type), (status, Text(problem, "type")));
        Assert.Equal(0, (await api.GetAsync($"/api/v1/streams/{stream}/alerts/policy")).Body.GetProperty("webhooks").GetArrayLength());
    }

    [Theory]
    [InlineData("GET", "/api/v1/alerts/none", 404, "alert-not-found")]
    [InlineData("POST", "/api/v1/alerts/none/acknowledge", 404, "alert-not-found")]
    [InlineData("POST", "/api/v1/alerts/deliveries/123456789/resend", 404, "delivery-not-found")]
    [InlineData("GET", "/api/v1/alerts?state=maybe", 400, "invalid-parameter")]
    [InlineData("GET", "/api/v1/streams/none/alerts", 404, "stream-not-found")]
    [InlineData("GET", "/api/v1/streams/none/alerts/policy", 404, "stream-not-found")]
    public async Task Alerts_WrongCall_IsAProblem(string method, string path, int status, string type)
    {
        var (actual, problem) = await SendAsync(new HttpMethod(method), path);
        Assert.Equal((status, "urn:dagmm:problem:" + type), (actual, Text(problem, "type")));
    }

    [Fact]
    public async Task List_Pages_FollowTheCursor()
    {
        var stream = await WarmAsync();
        await SendAsync(HttpMethod.Put, $"/api/v1/streams/{stream}/alerts/policy", """{"closeAfterEvents":2,"holdPValue":0}""");
        foreach (var peak in (int[])[1010, 1030, 1050])
            await api.PushAsync(stream, ApiFixture.Events(20, peak, first: peak - 10), ApiFixture.Csv, "?scores=none");
        var (all, next) = (new List<string?>(), $"/api/v1/streams/{stream}/alerts?limit=1");
        while (next is not null)
        {
            var (_, page) = await api.GetAsync(next);
            all.AddRange(page.GetProperty("alerts").EnumerateArray().Select(alert => Text(alert, "id")));
            next = page.GetProperty("next").GetString();
        }

        Assert.True(all.Count >= 3);
        Assert.Equal(all.Count, all.Distinct().Count());
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body = null) => api.SendAsync(
        new HttpRequestMessage(method, path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"),
        });

    /// <summary>The messages that were given up, once there is one: the answer is noted after the receiver has given it.</summary>
    private async Task<JsonElement> DeadAsync(string stream)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (;;)
        {
            var dead = (await api.GetAsync($"/api/v1/alerts/deliveries?stream={stream}")).Body.GetProperty("deliveries");
            if (dead.GetArrayLength() > 0) return dead;
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private async Task<string> WarmAsync()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv, "?scores=none");
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        return stream;
    }
}
