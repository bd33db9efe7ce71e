using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace DagmmStream.Browser.Tests;

[Collection(BrowserCollection.Name)]
public class DashboardTests(BrowserFixture browser)
{
    private const string Stream = "/#/stream/" + BrowserFixture.Running + "/0";

    [Fact]
    public async Task Streams_EveryState_IsToldInWords()
    {
        await using var page = await browser.OpenAsync("/");
        await Expect(page.Text("warming up 100 of 256")).ToBeVisibleAsync();
        await Expect(page.Text("no events yet")).ToBeVisibleAsync();
        await Expect(page.Page.Locator("tr", new PageLocatorOptions { HasText = BrowserFixture.Running })).ToContainTextAsync("running");
        await Expect(page.Page.Locator(".spark path").First).ToHaveAttributeAsync("d", new System.Text.RegularExpressions.Regex("^M.+L"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Alerts_TakenAndKeptQuiet_SaysSoAndTheLinkLeadsToThePeak()
    {
        await using var page = await browser.OpenAsync("/#/alerts");
        var row = page.Page.Locator("tbody tr", new PageLocatorOptions { HasText = BrowserFixture.Running }).First;
        await Expect(row).ToContainTextAsync("anomaly");
        await row.GetByText("Take", new LocatorGetByTextOptions { Exact = true }).ClickAsync();
        await Expect(row).ToContainTextAsync("Give back");
        await row.GetByText("Keep quiet").ClickAsync();
        await Expect(row).ToContainTextAsync("suppressed");
        await row.GetByText("Tell again").ClickAsync();
        await row.GetByText("Give back").ClickAsync();
        await Expect(row).ToContainTextAsync("Take");
        await row.Locator("a").Last.ClickAsync();
        await Expect(page.Page.Locator("#point")).ToContainTextAsync("alarm rate");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Stream_EventsArrive_AreDrawnWithoutReload()
    {
        await using var page = await browser.OpenAsync(Stream);
        await page.DrawnAsync(browser.Service.Pushed(BrowserFixture.Running) - 1);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        var before = await page.Page.Locator("#scores").ScreenshotAsync();
        await browser.Service.PushAsync(BrowserFixture.Running, 3, 300);
        await page.DrawnAsync(browser.Service.Pushed(BrowserFixture.Running) - 1);
        var after = await page.Page.Locator("#scores").ScreenshotAsync();
        Assert.False(before.AsSpan().SequenceEqual(after), "the pixels of the chart have not changed");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Stream_Paused_StaysAndCountsWhatCame()
    {
        await using var page = await browser.OpenAsync(Stream);
        await page.DrawnAsync(browser.Service.Pushed(BrowserFixture.Running) - 1);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        await page.Page.Locator("#pause").ClickAsync();
        await browser.Service.PushAsync(BrowserFixture.Running, 3, 50);
        await Expect(page.Page.Locator("#chart-note")).ToContainTextAsync("Paused; 50 events since");
        await page.Page.Locator("#pause").ClickAsync();
        await page.DrawnAsync(browser.Service.Pushed(BrowserFixture.Running) - 1);
    }

    [Fact]
    public async Task Stream_AnomalyChosen_TellsWhyAndStandsInTheLink()
    {
        await using var page = await browser.OpenAsync(Stream);
        await page.Page.Locator("#anomalies button").First.ClickAsync();
        await Expect(page.Page.Locator("#point")).ToContainTextAsync("alarm rate");
        await Expect(page.Page.Locator("#why table")).ToContainTextAsync("current");
        await page.Page.Locator("#label-normal").ClickAsync();
        await Expect(page.Page.Locator("#label-result")).ToContainTextAsync("Noted");
        Assert.Empty(await page.BarriersAsync());
        Assert.Contains("point=", page.Page.Url, StringComparison.Ordinal);

        // The link alone restores it.
        await using var again = await browser.OpenAsync(new Uri(page.Page.Url).PathAndQuery + new Uri(page.Page.Url).Fragment);
        await Expect(again.Page.Locator("#point")).ToContainTextAsync("alarm rate");
        await again.Page.Locator("#close-point").ClickAsync();
        await Expect(again.Page.Locator("#point")).ToBeHiddenAsync();
        Assert.Empty(again.Errors);
    }

    [Fact]
    public async Task Stream_LinkToAStretchOfThePast_ShowsExactlyIt()
    {
        await using var page = await browser.OpenAsync(Stream + "?from=1000&to=1400&metric=energy");
        await page.DrawnAsync(1399);
        await Expect(page.Page.Locator("#chart-note")).ToContainTextAsync("events 1,000 to 1,399");
        await Expect(page.Page.Locator("#metric")).ToHaveValueAsync("energy");
        await page.Page.Locator("#to-live").ClickAsync();
        await page.DrawnAsync(browser.Service.Pushed(BrowserFixture.Running) - 1);
        Assert.DoesNotContain("from=", page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_LinkToAnEventLongAgo_ShowsWhatWasAroundIt()
    {
        await using var service = new ServiceUnderTest();
        Assert.SkipUnless(BrowserFixture.HasBrowser, "there is no Chromium");
        await service.StartAsync();
        await service.CreateAsync("long", "a");
        await service.FillAsync("long", 1, 6000);
        await using var page = await browser.OpenAsync("/#/stream/long/0?point=500", service: service);
        await Expect(page.Page.Locator("#point")).ToContainTextAsync("Event 500");
        await Expect(page.Page.Locator("#chart-note")).ToContainTextAsync("events 0 to 2,999");
        await page.DrawnAsync(2999);
        await page.Page.Locator("#to-live").ClickAsync();
        await page.DrawnAsync(5999);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Stream_SiloRestarts_PageGoesOnWithoutGap()
    {
        await using var service = new ServiceUnderTest();
        Assert.SkipUnless(BrowserFixture.HasBrowser, "there is no Chromium");
        await service.StartAsync();
        await service.CreateAsync("restart", "a", "b");
        await service.FillAsync("restart", 2, 600);
        await using var page = await browser.OpenAsync("/#/stream/restart/0", service: service);
        await page.DrawnAsync(599);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        await service.PushAsync("restart", 2, 100);
        await Expect(page.Page.Locator("#scores")).ToHaveAttributeAsync("data-live", "700");
        await service.StopAsync();
        await Expect(page.Page.Locator("#connection")).ToContainTextAsync("disconnected");
        await service.StartAsync();
        await service.PushAsync("restart", 2, 200);
        await page.DrawnAsync(899);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        var offsets = await page.Page.EvaluateAsync<long[]>("() => document.getElementById('scores').data[0].customdata");
        await Expect(page.Page.Locator("#scores")).ToHaveAttributeAsync("data-live", "900");
        await Expect(page.Page.Locator("#scores")).ToHaveAttributeAsync("data-gaps", "0");
        Assert.Equal(offsets.Distinct().Order(), offsets);
    }

    [Fact]
    public async Task Stream_Unknown_SaysSo()
    {
        await using var page = await browser.OpenAsync("/#/stream/nobody/0");
        await Expect(page.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("there is no stream \"nobody\"");
    }

    [Fact]
    public async Task Lanes_ClickOnAnAnomaly_LeadsToIt()
    {
        await using var page = await browser.OpenAsync("/#/lanes");
        await Expect(page.Page.Locator(".lane canvas").First).ToBeVisibleAsync();
        await page.Page.Locator(".lane", new PageLocatorOptions { HasText = BrowserFixture.Running }).Locator("a").ClickAsync();
        await page.DrawnAsync(100);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Keyboard_FromTheTopToAStream_NeedsNoMouse()
    {
        await using var page = await browser.OpenAsync("/");
        await Expect(page.Page.Locator("tbody tr").First).ToBeVisibleAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the content", await page.Page.EvaluateAsync<string>("() => document.activeElement.textContent"));
        for (var i = 0; i < 30; i++)
        {
            await page.Page.Keyboard.PressAsync("Tab");
            if (await page.Page.EvaluateAsync<string>("() => document.activeElement.textContent") == BrowserFixture.Running) break;
        }

        await page.Page.Keyboard.PressAsync("Enter");
        await page.DrawnAsync(100);
        Assert.Contains("#/stream/" + BrowserFixture.Running, page.Page.Url, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Theme_Chosen_IsKept()
    {
        await using var page = await browser.OpenAsync("/");
        var theme = page.Page.Locator("#theme");
        await theme.ClickAsync();
        await theme.ClickAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator("html")).ToHaveAttributeAsync("data-theme", "dark");
    }

    [Theory]
    [InlineData("/", 1280, ColorScheme.Light)]
    [InlineData("/", 390, ColorScheme.Dark)]
    [InlineData(Stream, 1280, ColorScheme.Light)]
    [InlineData(Stream, 1280, ColorScheme.Dark)]
    [InlineData(Stream, 390, ColorScheme.Light)]
    [InlineData("/#/lanes", 1280, ColorScheme.Dark)]
    [InlineData("/#/lanes", 390, ColorScheme.Light)]
    [InlineData("/#/cluster", 390, ColorScheme.Light)]
    [InlineData("/#/alerts", 1280, ColorScheme.Dark)]
    [InlineData("/#/alerts", 390, ColorScheme.Light)]
    public async Task View_AnyWidthAndTheme_FitsAndHasNoBarrier(string link, int width, ColorScheme colors)
    {
        await using var page = await browser.OpenAsync(link, width, colors);
        await Expect(page.Page.Locator("#connection")).ToHaveTextAsync("live");
        await Expect(page.Page.Locator("h1")).ToBeVisibleAsync();
        if (link == Stream) await Expect(page.Page.Locator("#model table")).ToBeVisibleAsync();
        Assert.True(await page.FitsAsync(), "the page is wider than its window");
        Assert.Empty(await page.BarriersAsync());
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Reference_Page_DrawsTheOperationsWithoutAnotherHost()
    {
        await using var page = await browser.OpenAsync("/reference");
        await Expect(page.Text("Create a stream")).ToBeVisibleAsync(
            new LocatorAssertionsToBeVisibleOptions { Timeout = 20_000 });
        Assert.Empty(page.ForeignRequests);
        Assert.Empty(page.Errors);
    }
}
