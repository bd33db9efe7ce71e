using System.Diagnostics;
using System.Globalization;

namespace DagmmStream.Bench.Kernels;

internal static class Timing
{
    private const int Samples = 31;

    /// <summary>Text that a line must contain to be measured.</summary>
    public static string Only { get; set; } = string.Empty;

    public static bool Wants(string what) => what.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Best and median time of one call in microseconds, after a warm-up. The best is what the code takes on a busy machine.
    /// </summary>
    /// <param name="action">The call.</param>
    /// <param name="callsPerSample">Calls timed together.</param>
    public static (double Best, double Median) Measure(Action action, int callsPerSample)
    {
        for (var i = 0; i < Math.Max(3, callsPerSample); i++) action();
        var times = new double[Samples];
        for (var sample = 0; sample < Samples; sample++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < callsPerSample; i++) action();
            times[sample] = watch.Elapsed.TotalMicroseconds / callsPerSample;
        }

        Array.Sort(times);
        return (times[0], times[Samples / 2]);
    }

    public static void Print(string what, (double Best, double Median) managed, (double Best, double Median)? torch = null)
    {
        var beside = torch is { } other
            ? string.Create(CultureInfo.InvariantCulture, $"{other.Best,12:F1}{other.Median,12:F1}{other.Best / managed.Best,8:F0}x")
            : string.Empty;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-48}{managed.Best,12:F3}{managed.Median,12:F3}{beside}"));
    }
}
