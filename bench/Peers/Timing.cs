using System.Runtime.InteropServices;

namespace DagmmStream.Bench.Peers;

/// <summary>The clock of a contest: what other processes take is not counted.</summary>
internal static partial class Timing
{
    private const int ThreadCpuClock = 3;

    /// <summary>CPU time of this thread so far, in microseconds.</summary>
    public static double ThreadMicroseconds()
    {
        if (ReadClock(ThreadCpuClock, out var time) != 0) throw new PlatformNotSupportedException("the thread's CPU time needs Linux");
        return (time.Seconds * 1e6) + (time.Nanoseconds / 1e3);
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
