using DagmmStream.Client.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DagmmStream.Client;

/// <summary>Registers the client.</summary>
public static class DagmmStreamClientExtensions
{
    /// <summary>
    /// Adds one <see cref="DagmmStreamClient"/> to an application that has an Orleans client (UseOrleansClient) or a silo (UseOrleans),
    /// or calls the service over HTTP (<see cref="DagmmStreamClientOptions.UseHttp"/>).
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options; they are checked when the host starts.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDagmmStreamClient(
        this IServiceCollection services, Action<DagmmStreamClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<DagmmStreamClientOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<DagmmStreamClientOptions>, DagmmStreamClientOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptions<DagmmStreamClientOptions>>().Value;
            var time = provider.GetRequiredService<TimeProvider>();
            return options.HttpAddress is null
                ? new DagmmStreamClient(provider.GetRequiredService<IGrainFactory>(), options, time)
                : new DagmmStreamClient(new HttpTransport(options), options, time);
        });
        return services;
    }
}
