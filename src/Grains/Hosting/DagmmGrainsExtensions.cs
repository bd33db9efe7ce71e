using DagmmStream.Grains.Alerts;
using DagmmStream.Grains.Gateways;
using DagmmStream.Grains.Models;
using DagmmStream.Grains.Partitions;
using DagmmStream.Grains.Rounds;
using DagmmStream.Grains.Training;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace DagmmStream.Grains.Hosting;

/// <summary>Registers the grains of DagmmStream on a silo.</summary>
public static class DagmmGrainsExtensions
{
    /// <summary>Adds partition and catalog grains, the training executor and the engines. A store must be registered beside them.</summary>
    /// <param name="builder">The silo.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The silo.</returns>
    public static ISiloBuilder AddDagmmStreamGrains(this ISiloBuilder builder, Action<DagmmGrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddDagmmStreamGrains(configure);
        return builder;
    }

    /// <summary>Adds what the grains need to a service collection.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddDagmmStreamGrains(this IServiceCollection services, Action<DagmmGrainOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<DagmmGrainOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DagmmGrainOptions>, DagmmGrainOptionsValidator>());
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<TrainingExecutor>();
        services.TryAddSingleton<EngineSelector>();
        services.TryAddSingleton<PartitionRegistry>();
        services.TryAddSingleton<PartitionMetrics>();
        services.TryAddSingleton<RoundMetrics>();
        services.TryAddSingleton<PartitionServices>();
        services.TryAddSingleton<GatewayDirectory>();
        services.TryAddSingleton<AlertControl>();
        services.TryAddSingleton<ModelControl>();
        // The first engine that supports a model is the default: managed code first, it is far faster for what streams have.
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITrainingEngine, SimdTrainingEngine>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ITrainingEngine, TorchTrainingEngine>());
        return services;
    }
}
