using DagmmStream.Storage.PostgreSql;
using DagmmStream.Storage.Writing;
using DagmmStream.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Orleans.Hosting;

namespace DagmmStream.Storage.Tests;

/// <summary>A database of its own on the server that all tests of this process share; skips the test where there can be none.</summary>
internal sealed class PostgreSqlDialect : IStoreDialect
{
    private PostgreSqlDialect(string connectionString) => ConnectionString = connectionString;

    public string ConnectionString { get; }

    public static async Task<PostgreSqlDialect> CreateAsync()
    {
        Assert.SkipWhen(PostgreSqlServer.WhyMissing is not null, PostgreSqlServer.WhyMissing ?? "");
        return new PostgreSqlDialect(await (await PostgreSqlServer.GetSharedAsync()).CreateDatabaseAsync());
    }

    public IRelationalStore New(int queueCapacity) => New(options => options.QueueCapacity = queueCapacity);

    public PostgreSqlStore New(Action<PostgreSqlStoreOptions> configure)
    {
        var options = new PostgreSqlStoreOptions { ConnectionString = ConnectionString };
        configure(options);
        return new PostgreSqlStore(Options.Create(options));
    }

    public async Task<IStoreDialect> NewDatabaseAsync() => await CreateAsync();

    public async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(ConnectionString);
        await using var command = source.CreateCommand(sql.Replace("journal", "dagmm_journal", StringComparison.Ordinal));
        await command.ExecuteNonQueryAsync();
    }

    public Task AgeProducersAsync() => ExecuteAsync("UPDATE dagmm_producer SET used_at = used_at - interval '2 days'");

    public void AddStore(IServiceCollection services) =>
        services.AddDagmmStreamPostgreSqlStore(options => options.ConnectionString = ConnectionString);

    public void AddCheckpoints(ISiloBuilder silo) => silo.AddDagmmStreamPostgreSqlCheckpoints();

    // The databases go with the server.
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
