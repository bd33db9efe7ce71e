using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace DagmmStream.Browser.Tests;

/// <summary>One page and what went wrong on it.</summary>
public sealed class PageUnderTest : IAsyncDisposable
{
    private const int PollingMilliseconds = 100;
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ConcurrentQueue<string> _foreign = new();

    public PageUnderTest(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Request += (_, request) =>
        {
            var uri = new Uri(request.Url);
            if (!uri.IsLoopback && uri.Scheme.StartsWith("http", StringComparison.Ordinal)) _foreign.Enqueue(request.Url);
        };
        page.PageError += (_, error) => _errors.Enqueue(error);
        page.Console += (_, message) =>
        {
            if (message.Type == "error") _errors.Enqueue(message.Text);
        };
    }

    public IPage Page { get; }

    /// <summary>Errors of scripts, refused by the content security policy, and failed requests.</summary>
    public IEnumerable<string> Errors => _errors;

    /// <summary>Requests to other hosts.</summary>
    public IEnumerable<string> ForeignRequests => _foreign;

    public ILocator Text(string text) => Page.GetByText(text, new PageGetByTextOptions { Exact = false }).First;

    /// <summary>Waits until the chart has drawn up to an offset.</summary>
    public Task DrawnAsync(long offset) => Page.WaitForFunctionAsync(
        "offset => Number(document.getElementById('scores')?.dataset.last ?? -1) >= offset", offset,
        new PageWaitForFunctionOptions { PollingInterval = PollingMilliseconds });

    /// <summary>Serious and critical findings of axe-core.</summary>
    public async Task<string[]> BarriersAsync()
    {
        var result = await Page.RunAxe();
        return [.. result.Violations.Where(found => found.Impact is "serious" or "critical")
            .Select(found => $"{found.Id}: {string.Join(" | ", found.Nodes.Select(node => node.Html).Take(3))}")];
    }

    /// <summary>True when the page is no wider than its window.</summary>
    public Task<bool> FitsAsync() =>
        Page.EvaluateAsync<bool>("() => document.scrollingElement.scrollWidth <= document.documentElement.clientWidth");

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
