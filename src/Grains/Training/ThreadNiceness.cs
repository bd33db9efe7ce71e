using System.Runtime.InteropServices;

namespace DagmmStream.Grains.Training;

/// <summary>
/// Lowers the calling thread's priority where the runtime does not: .NET leaves thread priorities alone on Linux, so that a training
/// thread would keep a core for a whole time slice (3 to 4 ms) while a commit or a reply waits for it.
/// </summary>
internal static partial class ThreadNiceness
{
    private const int ThisThread = 0;
    private const int PriorityOfProcess = 0;
    private const int Lowest = 19;

    /// <summary>Gives way to every other thread from now on. Elsewhere than on Linux <see cref="Thread.Priority"/> does that.</summary>
    /// <returns>True if the kernel was asked and agreed.</returns>
    public static bool TryLower() => OperatingSystem.IsLinux() && SetPriority(PriorityOfProcess, ThisThread, Lowest) == 0;

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetPriority(int which, int who, int priority);
}
