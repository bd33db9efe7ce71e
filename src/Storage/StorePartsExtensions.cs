using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Catalog;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Models;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace DagmmStream.Storage;

/// <summary>What both dialects register.</summary>
internal static class StorePartsExtensions
{
    /// <summary>Adds journal, score history, catalog and alerts over the registered <see cref="IRelationalStore"/>, and what opens it.
    /// </summary>
    public static IServiceCollection AddDagmmStreamStoreParts(this IServiceCollection services)
    {
        services.TryAddSingleton<IStore>(provider => provider.GetRequiredService<IRelationalStore>());
        services.TryAddSingleton<IJournal, StoreJournal>();
        services.TryAddSingleton<IScoreHistory, StoreScoreHistory>();
        services.TryAddSingleton<ICatalogStore, StoreCatalog>();
        services.TryAddSingleton<IAlertStore, StoreAlerts>();
        services.TryAddSingleton<IModelStore, StoreModels>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddHostedService<StoreInitializer>();
        services.AddHostedService<ProducerRetention>();
        return services;
    }
}
