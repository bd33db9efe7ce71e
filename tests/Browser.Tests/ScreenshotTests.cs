using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DagmmStream.Browser.Tests;

/// <summary>
/// The pictures of the README:
/// DAGMM_SCREENSHOTS=$PWD/docs/images dotnet test --project tests/Browser.Tests -- --filter-class '*Screenshot*'.
/// </summary>
[Collection(BrowserCollection.Name)]
public class ScreenshotTests(BrowserFixture browser)
{
    private const string Variable = "DAGMM_SCREENSHOTS";

    [Theory]
    [InlineData("streams", "/", 1280, ColorScheme.Light)]
    [InlineData("stream", "/#/stream/" + BrowserFixture.Running + "/0", 1280, ColorScheme.Light)]
    [InlineData("stream-dark-phone", "/#/stream/" + BrowserFixture.Running + "/0", 390, ColorScheme.Dark)]
    [InlineData("latent", "/#/latent/" + BrowserFixture.Running + "/0?y=2", 1280, ColorScheme.Light)]
    [InlineData("training", "/#/training/" + BrowserFixture.Running + "/0", 1280, ColorScheme.Dark)]
    [InlineData("training-phone", "/#/training/" + BrowserFixture.Running + "/0", 390, ColorScheme.Light)]
    [InlineData("lanes", "/#/lanes", 1280, ColorScheme.Dark)]
    [InlineData("cluster", "/#/cluster", 1280, ColorScheme.Light)]
    [InlineData("alerts", "/#/alerts", 1280, ColorScheme.Light)]
    public async Task View_Screenshot_IsWritten(string name, string link, int width, ColorScheme colors)
    {
        var folder = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(string.IsNullOrEmpty(folder), $"set {Variable} to a folder to write the pictures of the README");
        Assert.True(Path.IsPathRooted(folder), $"{Variable} = {folder}: give a full path, tests run in another directory");
        await using var page = await browser.OpenAsync(link, width, colors);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        if (name.StartsWith("stream", StringComparison.Ordinal) && name != "streams")
            await page.Page.Locator("#anomalies button").First.ClickAsync();
        await page.Page.WaitForTimeoutAsync(3000);
        var path = Path.Combine(folder!, name + ".png");
        await page.Page.ScreenshotAsync(new PageScreenshotOptions { Path = path });
        Assert.True(new FileInfo(path).Length > 10_000);
    }
}
