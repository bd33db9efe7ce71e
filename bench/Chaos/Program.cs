using System.Globalization;
using DagmmStream.Bench.Chaos;
using DagmmStream.Tests.Shared;

// Usage: DagmmStream.Bench.Chaos [minutes [faults [streams [seed [kind ...]]]]]: three silos, PostgreSQL, faults at random; exit code 1
// when a promise was broken. Or "placement": how partitions spread over the silos after one has joined; 1 when one of them holds more
// than 1.5 shares. CHAOS_LOGS names a directory for the silos' logs, which are otherwise kept after a broken promise only.
if (PostgreSqlServer.WhyMissing is { } reason)
{
    Console.Error.WriteLine(reason);
    return 2;
}

if (args is ["placement"])
{
    await using var placed = await ChaosCluster.StartAsync(new ChaosOptions().Silos, CancellationToken.None);
    return await new Placement(new ChaosOptions(), Console.WriteLine).RunAsync(placed, CancellationToken.None) <= 1.5 ? 0 : 1;
}

var options = new ChaosOptions
{
    Duration = TimeSpan.FromMinutes(Argument(0, 10)),
    Faults = (int)Argument(1, 30),
    Streams = (int)Argument(2, 24),
    Seed = (int)Argument(3, 1),
    Kinds = args.Length > 4 ? [.. args[4..].Select(Enum.Parse<FaultKind>)] : ChaosOptions.AtRandom,
};
Console.WriteLine($"{DateTimeOffset.UtcNow:yyyy-MM-dd}, {Environment.ProcessorCount} cores, .NET {Environment.Version}; "
    + $"{options.Silos} silos, {options.Streams} streams of {options.Partitions} partitions, {options.Rate} events/s each");
await using var cluster = await ChaosCluster.StartAsync(options.Silos, CancellationToken.None);
var result = await new ChaosRun(options, Console.WriteLine).RunAsync(cluster, CancellationToken.None);
foreach (var fault in result.Faults)
    Console.WriteLine($"{fault.At:mm\\:ss}  {fault.Kind,-16} {Pauses(fault.Pauses)}");
Console.WriteLine("kind             faults  median  longest pause of a partition that paused");
foreach (var kind in result.Faults.GroupBy(fault => fault.Kind))
    Console.WriteLine($"{kind.Key,-16} {kind.Count(),6}  {Pauses([.. kind.SelectMany(fault => fault.Pauses).Order()])}");
Console.WriteLine($"{result.Acknowledged:N0} events acknowledged, {result.Duplicates:N0} sent again and recognised");
foreach (var violation in result.Violations) Console.WriteLine($"BROKEN: {violation}");
Console.WriteLine(result.Violations.Count == 0 ? "every promise kept" : $"{result.Violations.Count} promises broken");
if (Environment.GetEnvironmentVariable("CHAOS_LOGS") is { Length: > 0 } logs) cluster.KeepLogs(logs);
else if (result.Violations.Count > 0) cluster.KeepLogs(Path.Combine(Directory.GetCurrentDirectory(), "chaos-logs"));
return result.Violations.Count == 0 ? 0 : 1;

double Argument(int place, double standard) =>
    args.Length > place ? double.Parse(args[place], CultureInfo.InvariantCulture) : standard;

static string Pauses(IReadOnlyList<TimeSpan> pauses) => pauses.Count == 0
    ? "no partition paused for a second"
    : $"{pauses[pauses.Count / 2].TotalSeconds,5:F1} s {pauses[^1].TotalSeconds,5:F1} s  ({pauses.Count} partitions)";
