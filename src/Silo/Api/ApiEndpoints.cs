using DagmmStream.Client.Http;
using DagmmStream.Silo.Access;
using DagmmStream.Silo.Alerts;
using DagmmStream.Silo.Cluster;
using DagmmStream.Silo.Dashboard;
using DagmmStream.Silo.Events;
using DagmmStream.Silo.Explanations;
using DagmmStream.Silo.Feedback;
using DagmmStream.Silo.Live;
using DagmmStream.Silo.Metrics;
using DagmmStream.Silo.Model;
using DagmmStream.Silo.Scores;
using DagmmStream.Silo.Streams;
using Microsoft.Extensions.Options;
using Scalar.AspNetCore;

namespace DagmmStream.Silo.Api;

/// <summary>The HTTP API under <c>/api/v1</c>, its description at <c>/openapi/v1.json</c> and its reference at <c>/reference</c>.</summary>
internal static class ApiEndpoints
{
    private const string Document = "v1";

    public static IServiceCollection AddDagmmApi(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<HttpApiOptions>().Bind(configuration.GetSection(HttpApiOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<HttpApiOptions>, HttpApiOptionsValidator>();
        services.ConfigureHttpJsonOptions(json => WireJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routing => routing.ThrowOnBadRequest = true);
        services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.Complete);
        services.AddExceptionHandler<ProblemHandler>();
        services.AddRequestDecompression();
        services.AddOpenApi(Document, ApiDescription.Configure);
        services.AddDagmmAccess(configuration);
        services.AddSingleton<GrainLookup>();
        services.AddSingleton<IdlePartitions>();
        services.AddSingleton<ProducerPool>();
        services.AddSingleton<LiveHub>();
        services.AddDagmmAlerts(configuration);
        services.AddDagmmMetrics(configuration);
        return services;
    }

    public static void UseDagmmApi(this WebApplication app)
    {
        app.UseExceptionHandler(new ExceptionHandlerOptions { SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages();
        app.UseDagmmAccess();
        app.UseRequestDecompression();
        var options = app.Services.GetRequiredService<IOptions<HttpApiOptions>>().Value;
        var api = app.MapGroup("/api/v1");
        api.MapStreams();
        api.MapEvents(options);
        api.MapScores();
        api.MapLive();
        api.MapModel();
        api.MapModelVersions();
        api.MapExplanations();
        api.MapFeedback();
        api.MapAlerts();
        api.MapLiveAlerts();
        api.MapDeliveries();
        api.MapAlertPolicy();
        api.MapCluster();
        app.MapDagmmMetrics();
        app.MapDashboard();
        app.MapOpenApi("/openapi/{documentName}.json");

        // Its script alone: its own page starts it by a script in the page, which our content security policy forbids.
        app.MapScalarApiReference("/scalar").ExcludeFromDescription();
    }
}
