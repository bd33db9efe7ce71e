using System.Globalization;
using DagmmStream.Bench.Storage;
using DagmmStream.Storage.Sqlite;

// Usage: dagmm-bench-storage [directory [repetitions]]: the directory chooses the disk, by default the one of temporary files.
var parent = args.Length > 0 ? args[0] : Path.GetTempPath();
var repetitions = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 3;

Console.WriteLine($"{DateTimeOffset.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, .NET {Environment.Version}");
Console.WriteLine($"{AppendBench.Partitions} partitions, batches of {AppendBench.Events} events of {AppendBench.Features} features, "
    + $"{AppendBench.InFlight} in flight, {AppendBench.Total:N0} events");
foreach (var synchronous in Enum.GetValues<SqliteSynchronous>())
    for (var repetition = 0; repetition < repetitions; repetition++)
        Console.WriteLine($"{synchronous,-6} {await AppendBench.RunAsync(parent, synchronous),10:N0} events/s");
