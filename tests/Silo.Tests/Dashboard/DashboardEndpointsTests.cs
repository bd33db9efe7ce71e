using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using DagmmStream.Silo.Tests.Api;

namespace DagmmStream.Silo.Tests.Dashboard;

[Collection(ApiCollection.Name)]
public partial class DashboardEndpointsTests(ApiFixture api)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_EveryFileThatItNames_IsServedFromTheAssembly()
    {
        var seen = new HashSet<string>();
        var next = new Queue<string>(["/"]);
        while (next.TryDequeue(out var path))
        {
            if (!seen.Add(path)) continue;
            using var reply = await api.Http.GetAsync(new Uri(path, UriKind.Relative), Token);
            Assert.True(reply.IsSuccessStatusCode, path);
            var text = await reply.Content.ReadAsStringAsync(Token);
            if (path.EndsWith("plotly.js", StringComparison.Ordinal)) continue;
            foreach (Match match in Named().Matches(text))
                next.Enqueue(new Uri(new Uri(api.Http.BaseAddress!, path), match.Groups["path"].Value).AbsolutePath);
        }

        Assert.Contains("/js/views/stream.js", seen);
        Assert.Contains("/plotly.js", seen);
    }

    [Fact]
    public async Task Page_HasNoScriptInItsText()
    {
        foreach (var path in (string[])["/", "/reference"])
        {
            var text = await api.Http.GetStringAsync(new Uri(path, UriKind.Relative), Token);
            Assert.All(Script().Matches(text), script => Assert.Equal("", script.Groups["text"].Value));
            Assert.DoesNotContain("https://", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(Handler(), text);
        }
    }

    [Fact]
    public async Task File_AskedAgain_Is304()
    {
        using var first = await api.Http.GetAsync(new Uri("/app.css", UriKind.Relative), Token);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/app.css");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var again = await api.Http.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
    }

    [Fact]
    public async Task File_GzipIsWelcome_ComesCompressed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/plotly.js");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var reply = await api.Http.SendAsync(request, Token);
        Assert.Equal("gzip", reply.Content.Headers.ContentEncoding.Single());
        Assert.InRange(reply.Content.Headers.ContentLength!.Value, 100_000, 600_000);
    }

    [GeneratedRegex(@"(src|href)=""(?<path>(?!#|/reference)[^"":]+)""|from '(?<path>\.[^']+)'")]
    private static partial Regex Named();

    [GeneratedRegex(@"<script[^>]*>(?<text>.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Script();

    [GeneratedRegex(@"\son\w+=")]
    private static partial Regex Handler();
}
