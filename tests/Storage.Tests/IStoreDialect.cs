using DagmmStream.Storage.Writing;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Hosting;

namespace DagmmStream.Storage.Tests;

/// <summary>One dialect of the store, for the suites that both must pass.</summary>
internal interface IStoreDialect : IAsyncDisposable
{
    /// <summary>A store over this dialect's database, not yet open; disposed by the caller.</summary>
    IRelationalStore New(int queueCapacity = 1024);

    /// <summary>A database of its own beside the first one, for a property's next case.</summary>
    Task<IStoreDialect> NewDatabaseAsync();

    /// <summary>Runs a statement behind the store's back; tables are named as SQLite names them.</summary>
    Task ExecuteAsync(string sql);

    /// <summary>Makes the names of producers older than they must be to be forgotten.</summary>
    Task AgeProducersAsync();

    void AddStore(IServiceCollection services);

    void AddCheckpoints(ISiloBuilder silo);
}
