using DagmmStream.Silo.Embedded;
using Microsoft.Playwright;

namespace DagmmStream.Browser.Tests;

/// <summary>A silo with streams in every state, and the system's Chromium.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    public const string Running = "pump-17";
    public const string Warming = "fresh-meter";
    public const string Empty = "idle-sensor";
    private const string Chromium = "/usr/bin/chromium";

    // What keeps a browser in a container quiet and alive.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static bool HasBrowser => File.Exists(Chromium);

    public ServiceUnderTest Service { get; } = new();

    public async ValueTask InitializeAsync()
    {
        if (!HasBrowser) return;
        await Service.StartAsync();
        await Service.CreateAsync(Running, "pressure", "flow", "current");
        await Service.CreateAsync("boiler-3", "temperature", "pressure");
        await Service.CreateAsync(Warming, "volt");
        await Service.CreateAsync(Empty, "x");
        await Service.FillAsync(Running, 3, 3000);
        await Service.FillAsync("boiler-3", 2, 1500);
        await Service.PushAsync(Warming, 1, 100);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Chromium, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Service.DisposeAsync();
    }

    /// <summary>Opens the page at a deep link, in a browser context of its own.</summary>
    public async Task<PageUnderTest> OpenAsync(
        string link, int width = 1280, ColorScheme colors = ColorScheme.Light, ServiceUnderTest? service = null)
    {
        Assert.SkipUnless(HasBrowser, $"there is no {Chromium}: install Debian's package chromium");
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = 900 }, ColorScheme = colors, ReducedMotion = ReducedMotion.Reduce,
        });
        var page = new PageUnderTest(context, await context.NewPageAsync());
        await page.Page.BringToFrontAsync();
        await page.Page.GotoAsync(new Uri((service ?? Service).Address, link).ToString());
        return page;
    }
}
