using System.Globalization;
using DagmmStream.Bench.Storage;
using DagmmStream.Storage.PostgreSql;
using DagmmStream.Storage.Sqlite;
using DagmmStream.Tests.Shared;
using Microsoft.Extensions.Options;

// Usage: DagmmStream.Bench.Storage [directory [repetitions]]: the directory chooses SQLite's disk, by default the one of temporary files.
var parent = args.Length > 0 ? args[0] : Path.GetTempPath();
var repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;

Console.WriteLine($"{DateTimeOffset.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
Console.WriteLine($"{AppendBench.Partitions} partitions, batches of {AppendBench.Events} events of {AppendBench.Features} features, "
    + $"{AppendBench.InFlight} in flight, {AppendBench.Total:N0} events");
foreach (var synchronous in Enum.GetValues<SqliteSynchronous>())
    for (var repetition = 0; repetition < repetitions; repetition++)
        Report($"SQLite {synchronous}", await SqliteAsync(parent, synchronous));
if (PostgreSqlServer.WhyMissing is { } reason)
{
    Console.WriteLine($"PostgreSQL: {reason}");
    return;
}

await using var server = await PostgreSqlServer.StartAsync();
for (var repetition = 0; repetition < repetitions; repetition++)
{
    var options = new PostgreSqlStoreOptions { ConnectionString = await server.CreateDatabaseAsync() };
    await using var store = new PostgreSqlStore(Options.Create(options));
    Report("PostgreSQL", await AppendBench.RunAsync(store));
}

static void Report(string store, double rate) => Console.WriteLine($"{store,-14} {rate,10:N0} events/s");

static async Task<double> SqliteAsync(string parent, SqliteSynchronous synchronous)
{
    var directory = Directory.CreateDirectory(Path.Combine(parent, $"dagmm-bench-{Guid.NewGuid():N}"));
    try
    {
        var options = new SqliteStoreOptions { Path = Path.Combine(directory.FullName, "store.db"), Synchronous = synchronous };
        await using var store = new SqliteStore(Options.Create(options));
        return await AppendBench.RunAsync(store);
    }
    finally
    {
        directory.Delete(recursive: true);
    }
}
