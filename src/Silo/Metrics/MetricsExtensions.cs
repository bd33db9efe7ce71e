using DagmmStream.Silo.Access;
using DagmmStream.Storage.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace DagmmStream.Silo.Metrics;

/// <summary>Metrics at <c>/metrics</c> for Prometheus; metrics and traces by OTLP when its endpoint is configured.</summary>
internal static class MetricsExtensions
{
    private const string ServiceName = "dagmm";
    private const string PartitionMeter = "DagmmStream";
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static IServiceCollection AddDagmmMetrics(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<LiveMetrics>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(
                ServiceName, serviceVersion: typeof(MetricsExtensions).Assembly.GetName().Version?.ToString(3)))
            .WithMetrics(metrics => metrics
                .AddMeter(PartitionMeter, StorageMetrics.MeterName, LiveMetrics.MeterName)
                .AddMeter("System.Runtime", "Microsoft.AspNetCore.Server.Kestrel", "Microsoft.AspNetCore.Hosting")
                // No cached answer: the exporter would repeat one of up to 300 ms ago, from before the events it is asked about.
                .AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0));
        if (string.IsNullOrEmpty(configuration[OtlpEndpoint])) return services;

        telemetry.WithTracing(tracing => tracing.AddDagmmSources());
        telemetry.UseOtlpExporter();
        return services;
    }

    /// <summary>The spans on an event's way: the SDK's sending, the request, the grain's call (Orleans passes the trace on), the
    /// journal.</summary>
    internal static TracerProviderBuilder AddDagmmSources(this TracerProviderBuilder tracing) => tracing
        .AddSource("DagmmStream.Client", "Microsoft.Orleans.Runtime", "Microsoft.Orleans.Application", StorageTraces.SourceName)
        .AddAspNetCoreInstrumentation(http => http.Filter = context => context.Request.Path.StartsWithSegments("/api"));

    public static void MapDagmmMetrics(this WebApplication app)
    {
        // Created here: nobody else asks for it.
        _ = app.Services.GetRequiredService<LiveMetrics>();
        app.MapPrometheusScrapingEndpoint("/metrics").ExcludeFromDescription().Requires(ApiScope.Read);
    }
}
