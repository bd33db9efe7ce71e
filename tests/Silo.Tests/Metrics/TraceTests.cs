using System.Diagnostics;
using DagmmStream.Client;
using DagmmStream.Silo.Embedded;
using DagmmStream.Silo.Metrics;
using DagmmStream.Storage.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Trace;

namespace DagmmStream.Silo.Tests.Metrics;

/// <summary>One trace from the SDK's sending to the journal, over either transport.</summary>
[Collection(TraceCollection.Name)]
public class TraceTests
{
    private const string Push = "dagmm.push";

    // The application's own span around a request, which it traces beside the SDK's.
    private const string Http = "System.Net.Http";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Push_OneEvent_IsOneTraceDownToTheJournal(bool overHttp)
    {
        using var folder = new TempFolder();
        var spans = new List<Activity>();
        await using (var silo = await StartAsync(folder, spans))
        {
            var options = new DagmmStreamClientOptions();
            if (overHttp) options.UseHttp(silo.HttpAddress);
            await using var client = overHttp ? new DagmmStreamClient(options)
                : await DagmmStreamClient.ConnectAsync(silo.Endpoint, options, Token);
            await client.CreateStreamAsync(new StreamDefinition { Name = "traced", Features = ["a"], Preset = ModelPreset.Lite }, Token);
            await client.Stream("traced").ScoreAsync(new StreamEvent(DateTimeOffset.UnixEpoch, new float[] { 1 }), Token);
            await client.Stream("traced").ScoreAsync(new StreamEvent(DateTimeOffset.UnixEpoch, new float[] { 2 }), Token);
        }

        var pushes = spans.Where(span => span.OperationName == Push).ToArray();
        Assert.Equal(2, pushes.Length);
        Assert.Equal(2, pushes.Select(span => span.TraceId).Distinct().Count());
        Assert.All(pushes, push =>
        {
            var journal = Assert.Single(spans, span => span.OperationName == StorageTraces.Append && span.TraceId == push.TraceId);
            var way = Ancestors(journal, spans).ToArray();
            Assert.Equal(push.SpanId, way[^1].SpanId);
            Assert.Contains(way, span => span.Source.Name == "Microsoft.Orleans.Application");
            Assert.Equal(overHttp, way.Any(span => span.Source.Name == "Microsoft.AspNetCore"));
        });
    }

    private static Task<EmbeddedSilo> StartAsync(TempFolder folder, List<Activity> spans) => EmbeddedSilo.StartAsync(
        new EmbeddedSiloOptions
        {
            StorePath = folder.File("traces.db"),
            ConfigureServices = services => services.AddOpenTelemetry()
                .WithTracing(tracing => tracing.AddDagmmSources().AddSource(Http).AddInMemoryExporter(spans)),
        },
        Token);

    private static IEnumerable<Activity> Ancestors(Activity span, List<Activity> spans)
    {
        for (var at = Parent(span); at is not null; at = Parent(at)) yield return at;

        Activity? Parent(Activity of) => spans.Find(one => one.SpanId == of.ParentSpanId);
    }
}
