using DagmmStream.Storage.Sqlite;
using DagmmStream.Storage.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace DagmmStream.Storage.Tests;

/// <summary>A file in a directory of its own.</summary>
internal sealed class SqliteDialect : IStoreDialect
{
    private readonly string _directory = Directory.CreateTempSubdirectory("dagmm-").FullName;

    private string DatabasePath => Path.Combine(_directory, "store.db");

    public IRelationalStore New(int queueCapacity) => new SqliteStore(Options.Create(new SqliteStoreOptions
    {
        Path = DatabasePath, Synchronous = SqliteSynchronous.Normal, QueueCapacity = queueCapacity,
    }));

    public Task<IStoreDialect> NewDatabaseAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={DatabasePath};Pooling=False");
        await connection.OpenAsync();
        connection.Execute(sql);
    }

    // There is one writer: names need no age.
    public Task AgeProducersAsync() => Task.CompletedTask;

    public void AddStore(IServiceCollection services) => services.AddDagmmStreamSqliteStore(options => options.Path = DatabasePath);

    public void AddCheckpoints(ISiloBuilder silo) => silo.AddDagmmStreamSqliteCheckpoints();

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
