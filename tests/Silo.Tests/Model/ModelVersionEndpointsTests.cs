using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Model;

[Collection(ApiCollection.Name)]
public class ModelVersionEndpointsTests(ApiFixture api)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Versions_KeepExportImportRollBack_GoRound()
    {
        var (source, target) = (await FilledAsync(), await api.CreateStreamAsync());
        var (_, kept) = await PostAsync($"/api/v1/streams/{source}/model/versions");
        var version = kept.GetProperty("version").GetInt64();
        var (_, list) = await api.GetAsync($"/api/v1/streams/{source}/model/versions");
        Assert.Equal(version, list.GetProperty("current").GetInt64());
        var row = Assert.Single(list.GetProperty("kept").EnumerateArray());
        Assert.Equal((version, "asked for"), (row.GetProperty("version").GetInt64(), row.GetProperty("reason").GetString()));

        using var export = await api.Http.GetAsync(
            new Uri($"/api/v1/streams/{source}/model/export?version={version}", UriKind.Relative), Token);
        var bytes = await export.Content.ReadAsByteArrayAsync(Token);
        Assert.Equal("DGMS"u8.ToArray(), bytes[..4]);
        Assert.Equal(row.GetProperty("bytes").GetInt64(), bytes.Length);
        var (status, imported) = await PostAsync($"/api/v1/streams/{target}/model/import", bytes);
        Assert.Equal((200, version + 1), (status, imported.GetProperty("version").GetInt64()));
        var (_, model) = await UntilAsync($"/api/v1/streams/{target}/model");
        Assert.Equal(version + 1, model.GetProperty("version").GetInt64());

        var (_, rolled) = await PostAsync($"/api/v1/streams/{source}/model/versions/{version}/rollback");
        Assert.Equal(version + 1, rolled.GetProperty("version").GetInt64());
        Assert.Equal(version + 1, (await UntilAsync($"/api/v1/streams/{source}/model")).Body.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Import_TypedInputsIntoFourPartitions_IsTakenAndAnotherSchemaIsAProblem()
    {
        var (source, target) = (await CreateTypedAsync(1, "categorical"), await CreateTypedAsync(4, "categorical"));
        await PushTypedAsync(source, 640, "2031-01-01T00:00:00Z", ["red", "green", "blue"]);
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{source}/checkpoint"));
        var file = await api.Http.GetByteArrayAsync(new Uri($"/api/v1/streams/{source}/model/export", UriKind.Relative), Token);
        await PushTypedAsync(target, 20, "2030-01-01T00:00:00Z", ["blue"]);
        var (status, imported) = await PostAsync($"/api/v1/streams/{target}/model/import", file);
        Assert.Equal(200, status);
        for (var p = 0; p < 4; p++)
        {
            var (_, model) = await UntilAsync($"/api/v1/streams/{target}/model?partition={p}");
            Assert.Equal(imported.GetProperty("version").GetInt64(), model.GetProperty("version").GetInt64());
        }

        // Events of the year before are not late because the model has seen later ones.
        await PushTypedAsync(target, 40, "2030-01-01T01:00:00Z", ["green"]);
        var (_, stream) = await api.GetAsync($"/api/v1/streams/{target}");
        Assert.All(stream.GetProperty("partitions").EnumerateArray(), p => Assert.Equal(0, p.GetProperty("late").GetInt64()));

        var (refused, problem) = await PostAsync($"/api/v1/streams/{await CreateTypedAsync(1, "boolean")}/model/import", file);
        Assert.Equal((422, "urn:dagmm:problem:invalid-model"), (refused, problem.GetProperty("type").GetString()));
        Assert.Contains("\"colour\" is Categorical", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("Boolean in the stream", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RollBack_FourPartitions_GoesBackOnAllOfThem()
    {
        var (source, target) = (await FilledAsync(), await api.CreateStreamAsync(partitions: 4));
        var file = await api.Http.GetByteArrayAsync(new Uri($"/api/v1/streams/{source}/model/export", UriKind.Relative), Token);
        await PostAsync($"/api/v1/streams/{target}/model/import", file);
        var (_, kept) = await PostAsync($"/api/v1/streams/{target}/model/versions");
        var version = kept.GetProperty("version").GetInt64();
        var (status, rolled) = await PostAsync($"/api/v1/streams/{target}/model/versions/{version}/rollback");
        Assert.Equal((200, version + 1), (status, rolled.GetProperty("version").GetInt64()));
        for (var p = 0; p < 4; p++)
        {
            var (_, list) = await UntilAsync($"/api/v1/streams/{target}/model/versions?partition={p}");
            Assert.Equal(version + 1, list.GetProperty("current").GetInt64());
            Assert.Equal(version, list.GetProperty("kept")[0].GetProperty("version").GetInt64());
        }
    }

    [Fact]
    public async Task Versions_WhatIsNotThereOrDoesNotFit_IsAProblem()
    {
        var stream = await api.CreateStreamAsync();
        var path = $"/api/v1/streams/{stream}/model";
        Assert.Equal((422, "urn:dagmm:problem:invalid-model"), await TypeAsync(PostAsync(path + "/import", [1, 2, 3])));
        Assert.Equal((404, "urn:dagmm:problem:not-kept"), await TypeAsync(PostAsync(path + "/versions/7/rollback")));
        Assert.Equal((404, "urn:dagmm:problem:not-kept"), await TypeAsync(PostAsync(path + "/versions")));
        Assert.Equal((404, "urn:dagmm:problem:not-kept"), await TypeAsync(api.GetAsync(path + "/export?version=7")));
        Assert.Equal(
            (404, "urn:dagmm:problem:stream-not-found"), await TypeAsync(api.GetAsync("/api/v1/streams/nowhere/model/versions")));

        static async Task<(int Status, string? Type)> TypeAsync(Task<(int Status, JsonElement Body)> call)
        {
            var (status, body) = await call;
            return (status, body.GetProperty("type").GetString());
        }
    }

    private Task<(int Status, JsonElement Body)> PostAsync(string path, byte[]? body = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path);
        if (body is null) return api.SendAsync(request);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return api.SendAsync(request);
    }

    /// <summary>Asks until the activation that was replaced is gone.</summary>
    private async Task<(int Status, JsonElement Body)> UntilAsync(string path)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (;;)
        {
            var reply = await api.GetAsync(path);
            if (reply.Status != 503) return reply;
            await timer.WaitForNextTickAsync(Token);
        }
    }

    private async Task<string> CreateTypedAsync(int partitions, string kind)
    {
        var name = $"typed-{Guid.NewGuid():n}";
        // All are given: a column is the same in streams with one partition and with several.
        var type = kind == "categorical"
            ? (object)new { feature = "colour", kind, categories = new[] { "red", "green", "blue" }, maxCategories = 3 }
            : new { feature = "colour", kind };
        var definition = new
        {
            name, features = new[] { "colour", "load" }, preset = "lite", partitions,
            inputs = new { types = new[] { type }, lateness = "00:00:05" },
        };
        using var reply = await api.Http.PostAsJsonAsync("/api/v1/streams", definition, Token);
        reply.EnsureSuccessStatusCode();
        return name;
    }

    private async Task PushTypedAsync(string stream, int count, string start, string[] colours)
    {
        var text = new StringBuilder("time,colour,load\n");
        for (var i = 0; i < count; i++)
        {
            var time = DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).AddSeconds(i);
            text.Append(CultureInfo.InvariantCulture, $"{time:O},{colours[i % colours.Length]},{Math.Sin(i / 9.0):F4}\n");
        }

        var (status, body) = await api.PushAsync(stream, text.ToString(), ApiFixture.Csv, "?scores=none");
        Assert.True(status == 200, $"{status}: {body}");
    }

    private async Task<string> FilledAsync()
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(1000), ApiFixture.Csv, "?scores=none");
        await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        return stream;
    }
}
