// What one open page costs: the browser's processor time above a blank page, the silo's above the same stream without a page, and how far
// the chart is behind; beside it a reader that asks for the same without a browser, which takes no processor from the silo. Arguments:
// gateway port, HTTP port, the silo's process id; and a number, for so many idle live connections instead. See bench/page.sh.
using System.Diagnostics;
using System.Globalization;
using DagmmStream;
using DagmmStream.Bench.Page;
using DagmmStream.Client;
using Microsoft.Playwright;

int Number(int i) => int.Parse(args[i], CultureInfo.InvariantCulture);
var (address, silo) = ($"http://127.0.0.1:{Number(1)}", Number(2));
var (settle, span) = (TimeSpan.FromSeconds(0.8), TimeSpan.FromSeconds(2.5));
if (args.Length > 3)
{
    using var idle = new IdleConnections(new Uri(address), silo);
    await idle.RunAsync(Number(3));
    return;
}

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
Console.WriteLine(
    "| scores/s | page | browser, % of a core | silo, % of a core | without training | chart behind, events | long tasks, ms/s |");
Console.WriteLine("|---|---|---|---|---|---|---|");
var costs = new List<(int Rate, Kind Kind, double Silo)>();

// In turns: what the silo does beside it is not the same in every second. The first turn compiles what is hot, and does not count.
foreach (var (rate, turns) in new[] { (2000, 5), (10_000, 3) })
{
    pusher.Rate = rate;
    for (var turn = 0; turn < turns; turn++)
    {
        // There and back: what gets faster or slower all the time is in none of the differences.
        var kinds = Enum.GetValues<Kind>();
        foreach (var kind in turn % 2 == 0 ? kinds : kinds.Reverse())
        {
            var cost = await TurnAsync(rate, kind);
            if (turn > 0) costs.Add((rate, kind, cost));
        }
    }
}

await stop.CancelAsync();
await pushing;
Console.WriteLine(
    "\n| scores/s | silo without training, % of a core | reader above blank | 50 readers | page above blank |\n|---|---|---|---|---|");
foreach (var group in costs.GroupBy(cost => cost.Rate))
{
    double Mean(Kind kind) => group.Where(cost => cost.Kind == kind).Average(cost => cost.Silo);
    var blank = Mean(Kind.Blank);
    var above = new[] { Kind.Reader, Kind.FiftyReaders, Kind.Page }.Select(kind => Invariant($"{Mean(kind) - blank:F1} |"));
    Console.WriteLine(Invariant($"| {group.Key:N0} | {blank:F1} | ") + string.Join(' ', above));
}

async Task<double> TurnAsync(int rate, Kind kind)
{
    await page.GotoAsync("about:blank");
    var readers = Enumerable.Range(0, kind switch { Kind.Reader => 1, Kind.FiftyReaders => 50, _ => 0 })
        .Select(_ => new Reader(new Uri(address), "page")).ToArray();
    foreach (var reader in readers) reader.Start();
    if (kind == Kind.Page)
    {
        await page.GotoAsync($"{address}/#/stream/page/0");
        await page.WaitForSelectorAsync("#scores[data-live]");
        await page.EvaluateAsync(
            "() => { window.long = 0; new PerformanceObserver(list => { for (const one of list.getEntries()) "
            + "window.long += one.duration; }).observe({ entryTypes: ['longtask'] }); }");
    }

    await Task.Delay(settle);
    var cost = await MeasureAsync(rate, kind);
    foreach (var reader in readers) await reader.DisposeAsync();
    return cost;
}

async Task<double> MeasureAsync(int rate, Kind kind)
{
    var isPage = kind == Kind.Page;
    var (start, browserBefore, siloBefore, trainingBefore) =
        (Stopwatch.GetTimestamp(), ProcessTree.BrowserSeconds(), ProcessTree.Seconds(silo), ProcessTree.TrainingSeconds(silo));
    var tasks = isPage ? await page.EvaluateAsync<double>("() => window.long") : 0;
    await Task.Delay(span);
    var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
    var browserPart = 100 * (ProcessTree.BrowserSeconds() - browserBefore) / elapsed;
    var siloPart = 100 * (ProcessTree.Seconds(silo) - siloBefore) / elapsed;
    var alone = siloPart - (100 * (ProcessTree.TrainingSeconds(silo) - trainingBefore) / elapsed);
    var longTasks = isPage ? (await page.EvaluateAsync<double>("() => window.long") - tasks) / elapsed : 0;
    var behind = isPage ? Invariant($"{await BehindAsync()}") : "–";
    Console.WriteLine(Invariant($"| {rate:N0} | {kind} | {browserPart:F1} | {siloPart:F1} | {alone:F1} | {behind} | {longTasks:F0} |"));
    return alone;
}

async Task<long> BehindAsync() =>
    pusher.Pushed - 1 - await page.EvaluateAsync<long>("() => Number(document.getElementById('scores').dataset.last)");

string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
