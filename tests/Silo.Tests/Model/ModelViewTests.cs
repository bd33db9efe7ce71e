using System.Text.Json;
using DagmmStream.Silo.Model;
using DagmmStream.Silo.Tests.Api;
using FsCheck.Xunit;

namespace DagmmStream.Silo.Tests.Model;

[Collection(ApiCollection.Name)]
public class ModelViewTests(ApiFixture api)
{
    [Fact]
    public async Task Latent_AfterTheWarmUp_HasComponentsAndRecentEvents()
    {
        var stream = await TrainedAsync(700);
        var (status, space) = await api.GetAsync($"/api/v1/streams/{stream}/latent?events=200&x=0&y=2");
        Assert.Equal(200, status);
        Assert.True(space.GetProperty("version").GetInt64() > 0);
        var axes = space.GetProperty("axes").EnumerateArray().Select(axis => axis.GetString()).ToArray();
        Assert.Equal("latent 1", axes[0]);
        Assert.Equal(["reconstruction distance", "reconstruction angle"], axes[^2..]);
        var components = space.GetProperty("components").EnumerateArray().ToArray();
        Assert.Equal(1, components.Sum(one => one.GetProperty("share").GetDouble()), 6);
        Assert.All(components, one => Assert.Equal(98, one.GetProperty("outer").GetArrayLength()));
        Assert.Equal(Enumerable.Range(500, 200), space.GetProperty("offset").EnumerateArray().Select(offset => offset.GetInt32()));
        Assert.Equal(200, space.GetProperty("pointX").GetArrayLength());

        // In units of the window's deviation: events like the window's are around 0.
        Assert.InRange(space.GetProperty("pointX").EnumerateArray().Average(x => x.GetDouble()), -3, 3);
    }

    [Theory]
    [InlineData("x=99", "x")]
    [InlineData("y=-1", "y")]
    [InlineData("member=9", "member")]
    [InlineData("events=5000", "events")]
    public async Task Latent_ParameterOutOfRange_IsRefusedByName(string query, string name)
    {
        var stream = await TrainedAsync(400);
        var (status, problem) = await api.GetAsync($"/api/v1/streams/{stream}/latent?{query}");
        Assert.Equal(400, status);
        Assert.StartsWith(name + " = ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task LatentAndTraining_WarmingUp_AreEmpty()
    {
        var stream = await api.CreateStreamAsync();
        var (_, space) = await api.GetAsync($"/api/v1/streams/{stream}/latent");
        Assert.Equal((0, 0), (space.GetProperty("version").GetInt32(), space.GetProperty("components").GetArrayLength()));
        var (_, curve) = await api.GetAsync($"/api/v1/streams/{stream}/training");
        Assert.Equal(0, curve.GetProperty("points").GetArrayLength());
    }

    [Fact]
    public async Task Training_AfterManyChunks_HasTermsAndSharesByStep()
    {
        var stream = await TrainedAsync(2000);
        var (_, curve) = await api.GetAsync($"/api/v1/streams/{stream}/training");
        var points = curve.GetProperty("points").EnumerateArray().ToArray();
        Assert.True(points.Length > 5, $"{points.Length} points");
        var steps = points.Select(point => point.GetProperty("step").GetInt64()).ToArray();
        Assert.Equal(steps.Order().Distinct(), steps);
        var last = points[^1];
        foreach (var term in (string[])["objective", "reconstruction", "energy", "penalty"])
            Assert.Equal(JsonValueKind.Number, last.GetProperty(term).ValueKind);
        Assert.Equal(1, last.GetProperty("shares").EnumerateArray().Sum(share => share.GetDouble()), 4);
        Assert.Equal(1920, last.GetProperty("offset").GetInt64());
    }

    /// <summary>Every corner lies at the radius, measured by the covariance.</summary>
    [Property]
    public void Ellipse_AnyCovariance_HasItsMahalanobisRadius(byte first, sbyte below, byte second)
    {
        // A factor with a positive diagonal gives a positive definite covariance.
        var (a, b, c) = ((first + 1) / 50.0, below / 50.0, (second + 1) / 50.0);
        var (xx, xy, yy) = (a * a, a * b, (b * b) + (c * c));
        var corners = ComponentView.Ellipse(3, -4, xx, xy, yy, 2);
        for (var i = 0; i < corners.Length; i += 2)
        {
            var (u, v) = (corners[i] - 3, corners[i + 1] + 4);
            var squared = ((yy * u * u) - (2 * xy * u * v) + (xx * v * v)) / ((xx * yy) - (xy * xy));
            Assert.Equal(4, squared, 5);
        }
    }

    private async Task<string> TrainedAsync(int events)
    {
        var stream = await api.CreateStreamAsync();
        await api.PushAsync(stream, ApiFixture.Events(events), ApiFixture.Csv, "?scores=none");
        var (status, _) = await api.SendAsync(new HttpRequestMessage(HttpMethod.Post, $"/api/v1/streams/{stream}/checkpoint"));
        Assert.Equal(200, status);
        return stream;
    }
}
