// What one open page costs: the browser's processor time above a blank page, the silo's above the same stream without a page, and how far
// the chart is behind. Arguments: gateway port, HTTP port, the silo's process id. Prints a table; see bench/page.sh.
using System.Diagnostics;
using System.Globalization;
using DagmmStream;
using DagmmStream.Bench.Page;
using DagmmStream.Client;
using Microsoft.Playwright;

int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
var (address, silo) = ($"http://127.0.0.1:{Number(1)}", Number(2));
var (settle, span) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5));
await using var client = await DagmmStreamClient.ConnectAsync($"127.0.0.1:{Number(0)}");
await client.CreateStreamAsync(new StreamDefinition { Name = "page", Features = [.. Enumerable.Range(0, 8).Select(i => $"f{i}")] });
var pusher = new Pusher(client.Stream("page"));
// Long enough for the runtime to compile what is hot.
await pusher.PushAsync(40_000);
await client.Stream("page").FlushAsync();
using var stop = new CancellationTokenSource();
var pushing = pusher.RunAsync(stop.Token);
using var playwright = await Playwright.CreateAsync();
await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
{
    ExecutablePath = "/usr/bin/chromium",

    // Nothing in the background: neither its own work nor a page that it thinks nobody sees.
    Args =
    [
        "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-renderer-backgrounding",
        "--disable-backgrounding-occluded-windows",
    ],
});
var page = await browser.NewPageAsync(new BrowserNewPageOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
Console.WriteLine("| scores/s | page | browser, % of a core | silo, % of a core | chart behind, events | long tasks, ms/s | pushed/s |");
Console.WriteLine("|---|---|---|---|---|---|---|");
// In turns: what the silo learns meanwhile is not the same in every second.
foreach (var rate in (int[])[2000, 2000, 10_000])
{
    pusher.Rate = rate;
    await page.GotoAsync("about:blank");
    await Task.Delay(settle);
    await MeasureAsync(rate, "blank", _ => Task.FromResult("–"));
    await page.GotoAsync($"{address}/#/stream/page/0");
    await page.WaitForSelectorAsync("#scores[data-live]");
    await page.EvaluateAsync(
        "() => { window.long = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) window.long += one.duration; })"
        + ".observe({ entryTypes: ['longtask'] }); }");
    await Task.Delay(settle);
    await MeasureAsync(rate, "stream", BehindAsync);
}

await stop.CancelAsync();
await pushing;

async Task MeasureAsync(int rate, string what, Func<IPage, Task<string>> behind)
{
    var (start, browserBefore, siloBefore, pushed) =
        (Stopwatch.GetTimestamp(), ProcessTree.BrowserSeconds(), ProcessTree.Seconds(silo), pusher.Pushed);
    var tasks = what == "blank" ? 0 : await page.EvaluateAsync<double>("() => window.long");
    await Task.Delay(span);
    var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
    var longTasks = what == "blank" ? 0 : (await page.EvaluateAsync<double>("() => window.long") - tasks) / elapsed;
    var lag = await behind(page);
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {rate:N0} | {what} | {100 * (ProcessTree.BrowserSeconds() - browserBefore) / elapsed:F1} "
        + $"| {100 * (ProcessTree.Seconds(silo) - siloBefore) / elapsed:F1} | {lag} | {longTasks:F0} "
        + $"| {(pusher.Pushed - pushed) / elapsed:F0} |"));
}

async Task<string> BehindAsync(IPage at)
{
    var last = await at.EvaluateAsync<long>("() => Number(document.getElementById('scores').dataset.last)");
    return (pusher.Pushed - 1 - last).ToString(CultureInfo.InvariantCulture);
}
