using DagmmStream.Silo.Metrics;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>Registers alerts: the watch for silence, the delivery of messages, and what the API needs.</summary>
internal static class AlertExtensions
{
    public static IServiceCollection AddDagmmAlerts(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<AlertOptions>().Bind(configuration.GetSection(AlertOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<AlertOptions>, AlertOptionsValidator>();
        services.AddSingleton<WebhookGuard>();
        services.AddSingleton<WebhookSender>();
        services.AddSingleton<AlertLinks>();
        services.AddSingleton<AlertDesk>();
        services.AddSingleton<AlertFeed>();
        services.AddSingleton<AlertMetrics>();
        services.AddHostedService<AlertDeliveryService>();
        services.AddHostedService<SilenceWatch>();
        return services;
    }
}
