using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DagmmStream.Browser.Tests;

/// <summary>The latent space, the training curves, and lanes over all partitions.</summary>
[Collection(BrowserCollection.Name)]
public class ModelViewTests(BrowserFixture browser)
{
    private const string Latent = "/#/latent/" + BrowserFixture.Running + "/0";
    private const string Training = "/#/training/" + BrowserFixture.Running + "/0";

    [Fact]
    public async Task Latent_TrainedStream_DrawsComponentsAndEvents()
    {
        await using var page = await browser.OpenAsync(Latent);
        await Expect(page.Page.Locator("#latent")).ToHaveAttributeAsync("data-points", "500");
        Assert.True(
            await page.Page.EvaluateAsync<bool>("() => document.getElementById('latent').data.some(trace => trace.fill === 'toself')"),
            "the components are drawn as filled polygons");
        var before = await page.Page.Locator("#latent").ScreenshotAsync();
        await page.Page.Locator("#axis-y").SelectOptionAsync("reconstruction distance");
        await Expect(page.Page.Locator("#latent")).ToHaveAttributeAsync(
            "aria-label", new System.Text.RegularExpressions.Regex("^reconstruction distance over latent 1"));
        var after = await page.Page.Locator("#latent").ScreenshotAsync();
        Assert.False(before.AsSpan().SequenceEqual(after), "another dimension is another picture");
        Assert.Matches("y=[0-9]+", page.Page.Url);

        // The link alone restores it.
        await using var again = await browser.OpenAsync(new Uri(page.Page.Url).PathAndQuery + new Uri(page.Page.Url).Fragment);
        await Expect(again.Page.Locator("#axis-y")).ToContainTextAsync("reconstruction distance");
        var chosen = await again.Page.Locator("#axis-y").EvaluateAsync<string>("select => select.selectedOptions[0].textContent");
        Assert.Equal("reconstruction distance", chosen);
        Assert.Empty(again.Errors);
    }

    [Fact]
    public async Task Training_TrainedStream_DrawsEveryTermAndTheShares()
    {
        await using var page = await browser.OpenAsync(Training);
        foreach (var curve in (string[])["objective", "reconstruction", "energy", "penalty", "shares"])
        {
            await Expect(page.Page.Locator($"#curve-{curve} .main-svg").First).ToBeVisibleAsync();
            Assert.True(int.Parse(
                await page.Page.Locator($"#curve-{curve}").GetAttributeAsync("data-points") ?? "0",
                System.Globalization.CultureInfo.InvariantCulture) > 5, $"{curve} has points");
        }

        var before = await page.Page.Locator("#curve-shares").ScreenshotAsync();
        await page.Page.Locator("#member").SelectOptionAsync("2");
        Assert.Contains("member=2", page.Page.Url, StringComparison.Ordinal);
        var after = await page.Page.Locator("#curve-shares").ScreenshotAsync();
        Assert.False(before.AsSpan().SequenceEqual(after), "another member is another picture");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Drift_StreamBreaks_IsMarkedOnTheScoresAndTold()
    {
        await using var service = new ServiceUnderTest();
        Assert.SkipUnless(BrowserFixture.HasBrowser, "there is no Chromium");
        await service.StartAsync();
        await service.CreateAsync("shift", "a", "b");
        await service.FillAsync("shift", 2, 900);
        await service.PushAsync("shift", 2, 600, shift: 50);
        await service.CheckpointAsync("shift");
        await using var page = await browser.OpenAsync("/#/stream/shift/0", service: service);
        await Expect(page.Page.Locator("#scores")).ToHaveAttributeAsync("data-drifts", new System.Text.RegularExpressions.Regex("^[1-9]"));
        await Expect(page.Page.Locator("#scores").GetByText("new regime").First).ToBeVisibleAsync();
        await Expect(page.Page.Locator("#drifts")).ToContainTextAsync("New regime");
        await using var training = await browser.OpenAsync("/#/training/shift/0", service: service);
        await Expect(training.Page.GetByRole(AriaRole.Region, new PageGetByRoleOptions { Name = "Drift" }).First)
            .ToContainTextAsync("learned at once");
        Assert.Empty(page.Errors);
    }

    [Theory]
    [InlineData("latent", BrowserFixture.Warming, "No model yet")]
    [InlineData("latent", BrowserFixture.Empty, "No events yet")]
    [InlineData("training", BrowserFixture.Empty, "No events yet")]
    [InlineData("training", "nobody", "there is no stream")]
    [InlineData("latent", BrowserFixture.Running + "/0?member=17", "the model has members 0 to 3")]
    public async Task View_NothingToDraw_SaysWhy(string view, string stream, string text)
    {
        await using var page = await browser.OpenAsync($"/#/{view}/{stream}");
        await Expect(page.Page.Locator("main")).ToContainTextAsync(text);
    }

    [Fact]
    public async Task Tabs_WithTheKeyboard_LeadFromScoresToTraining()
    {
        await using var page = await browser.OpenAsync("/#/stream/" + BrowserFixture.Running + "/0");
        await page.Page.Locator(".tabs a", new PageLocatorOptions { HasText = "Latent space" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("#latent .main-svg").First).ToBeVisibleAsync();
        await page.Page.Locator(".tabs a", new PageLocatorOptions { HasText = "Training" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator("#curve-objective .main-svg").First).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".tabs a[aria-current]")).ToHaveTextAsync("Training");
    }

    [Fact]
    public async Task Lanes_EventsInAnotherPartitionThanTheFirst_AreThere()
    {
        await using var service = new ServiceUnderTest();
        Assert.SkipUnless(BrowserFixture.HasBrowser, "there is no Chromium");
        await service.StartAsync();
        await service.CreatePartitionedAsync("fleet", 3, "a", "b");
        await service.PushAsync("fleet", 2, 300, "&partition=2");
        await using var page = await browser.OpenAsync("/#/lanes", service: service);
        await Expect(page.Page.Locator(".lane")).ToContainTextAsync("fleet");
        await using var streams = await browser.OpenAsync("/", service: service);
        await Expect(streams.Page.Locator(".spark")).ToHaveAttributeAsync(
            "aria-label", new System.Text.RegularExpressions.Regex("^last 300 scores of fleet"));
        Assert.Empty(page.Errors);
    }

    [Theory]
    [InlineData(Latent, 1280, ColorScheme.Dark)]
    [InlineData(Latent, 390, ColorScheme.Light)]
    [InlineData(Training, 1280, ColorScheme.Light)]
    [InlineData(Training, 390, ColorScheme.Dark)]
    public async Task View_AnyWidthAndTheme_FitsAndHasNoBarrier(string link, int width, ColorScheme colors)
    {
        await using var page = await browser.OpenAsync(link, width, colors);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        await Expect(page.Page.Locator("main .main-svg").First).ToBeVisibleAsync();
        Assert.True(await page.FitsAsync(), "the page is wider than its window");
        Assert.Empty(await page.BarriersAsync());
        Assert.Empty(page.Errors);
    }
}
