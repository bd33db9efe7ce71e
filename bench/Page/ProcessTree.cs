using System.Globalization;

namespace DagmmStream.Bench.Page;

/// <summary>Processor time of processes, from /proc: also of those that a browser starts and ends.</summary>
internal static class ProcessTree
{
    // Clock ticks a second of /proc/PID/stat; 100 on every Linux that .NET runs on.
    private const double TicksPerSecond = 100;

    // The kernel keeps 15 characters of a thread's name, dagmm-training-0.
    private const string Training = "dagmm-training-";

    /// <summary>Seconds of one process.</summary>
    public static double Seconds(int process) => Read(process)?.Seconds ?? 0;

    /// <summary>Seconds of its training threads: what a silo learns has nothing to do with who looks.</summary>
    public static double TrainingSeconds(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task");
        return Directory.GetDirectories(folder).Select(thread => ReadFile(process, Path.Combine(thread, "stat"))).OfType<Stat>()
            .Where(thread => thread.Name == Training).Sum(thread => thread.Seconds);
    }

    /// <summary>Resident memory of one process.</summary>
    public static double ResidentMegabytes(int process)
    {
        var status = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"));
        var resident = status.First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        var kilobytes = resident.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
        return double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024;
    }

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

    private static Stat? Read(int process) => ReadFile(process, string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));

    private static Stat? ReadFile(int process, string path)
    {
        try
        {
            // The name stands in parentheses and may hold anything; the numbers stand behind them.
            var text = File.ReadAllText(path);
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
