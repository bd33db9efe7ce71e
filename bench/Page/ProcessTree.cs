using System.Globalization;

namespace DagmmStream.Bench.Page;

/// <summary>Processor time of processes, from /proc: also of those that a browser starts and ends.</summary>
internal static class ProcessTree
{
    // Clock ticks a second of /proc/PID/stat; 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of one process.</summary>
    public static double Seconds(int process) => Read(process)?.Seconds ?? 0;

    /// <summary>Seconds of the browser's processes among the descendants of this one.</summary>
    public static double BrowserSeconds()
    {
        var all = Directory.GetDirectories("/proc").Select(Path.GetFileName)
            .Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(name => Read(int.Parse(name!, CultureInfo.InvariantCulture))).OfType<Stat>().ToDictionary(stat => stat.Id);
        bool IsOurs(Stat stat) => stat.Parent == Environment.ProcessId || (all.TryGetValue(stat.Parent, out var parent) && IsOurs(parent));
        return all.Values.Where(stat => stat.Name.Contains("chrom", StringComparison.OrdinalIgnoreCase) && IsOurs(stat))
            .Sum(stat => stat.Seconds);
    }

    private static Stat? Read(int process)
    {
        try
        {
            // The name stands in parentheses and may hold anything; the numbers stand behind them.
            var text = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            var end = text.LastIndexOf(')');
            var numbers = text[(end + 2)..].Split(' ');
            double Number(int field) => double.Parse(numbers[field - 3], CultureInfo.InvariantCulture);
            return new Stat(process, (int)Number(4), text[(text.IndexOf('(') + 1)..end], (Number(14) + Number(15)) / TicksPerSecond);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private sealed record Stat(int Id, int Parent, string Name, double Seconds);
}
