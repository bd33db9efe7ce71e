using System.Globalization;
using System.Runtime.InteropServices;

namespace DagmmStream.Bench.Kernels;

internal static partial class Timing
{
    private const int Samples = 31;
    private const int ThreadCpuClock = 3;

    /// <summary>Text that a line must contain to be measured.</summary>
    public static string Only { get; set; } = string.Empty;

    public static bool Wants(string what) => what.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Best and median CPU time of one call in microseconds, after a warm-up: what other processes take is not counted, and the best is
    /// what the code takes where they did not spoil the caches either.
    /// </summary>
    /// <param name="action">The call.</param>
    /// <param name="callsPerSample">Calls timed together.</param>
    public static (double Best, double Median) Measure(Action action, int callsPerSample)
    {
        for (var i = 0; i < Math.Max(3, callsPerSample); i++) action();
        var times = new double[Samples];
        for (var sample = 0; sample < Samples; sample++)
        {
            var start = ThreadMicroseconds();
            for (var i = 0; i < callsPerSample; i++) action();
            times[sample] = (ThreadMicroseconds() - start) / callsPerSample;
        }

        Array.Sort(times);
        return (times[0], times[Samples / 2]);
    }

    /// <summary>CPU time of this thread so far, in microseconds.</summary>
    public static double ThreadMicroseconds()
    {
        if (ReadClock(ThreadCpuClock, out var time) != 0) throw new PlatformNotSupportedException("the thread's CPU time needs Linux");
        return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
    }

    public static void Print(string what, (double Best, double Median) managed, (double Best, double Median)? torch = null)
    {
        var beside = torch is { } other
            ? string.Create(CultureInfo.InvariantCulture, $"{other.Best,12:F1}{other.Median,12:F1}{other.Best / managed.Best,8:F0}x")
            : string.Empty;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-48}{managed.Best,12:F3}{managed.Median,12:F3}{beside}"));
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
