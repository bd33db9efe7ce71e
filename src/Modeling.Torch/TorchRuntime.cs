using System.Globalization;
using System.Runtime.InteropServices;
using DagmmStream.Modeling.Training;
using TorchSharp;

namespace DagmmStream.Modeling.Torch;

/// <summary>Loads libtorch once per process and sets it up for many small models.</summary>
public static class TorchRuntime
{
    private const string Library = "LibTorchSharp";

    // libtorch refuses a change of the inter-op pool once it runs, and two threads must not load at once: one initialisation per process.
    private static readonly Lazy<bool> Loaded = new(Load, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>
    /// Loads the native libraries on the first call and sets both thread pools of libtorch to one thread: steps of small models are
    /// slower on two, and results would depend on the number of cores.
    /// </summary>
    /// <exception cref="EngineUnavailableException">The libraries cannot run here; the message names the cause and the remedy.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    /// <summary>Puts the loader's message into words.</summary>
    /// <param name="loaderMessage">What the platform's loader said.</param>
    /// <returns>Cause and remedy.</returns>
    internal static string Diagnose(string loaderMessage)
    {
        if (loaderMessage.Contains("GLIBCXX_", StringComparison.Ordinal) || loaderMessage.Contains("CXXABI_", StringComparison.Ordinal))
        {
            return "the system's libstdc++ is older than TorchSharp's native library asks for, "
                + "and the output does not have the marked copy "
                + "of lib" + Library + ".so. Build with build/NativeCompatibility.targets imported and RelaxTorchNatives not false, "
                + "or install the libstdc++ of GCC 13 or newer";
        }

        if (loaderMessage.Contains("GLIBC_", StringComparison.Ordinal))
            return "the system's C library is too old for libtorch (glibc 2.34 or newer is needed). Use a newer system or the Simd engine";
        if (loaderMessage.Contains("torch_cpu", StringComparison.Ordinal) || loaderMessage.Contains("libtorch", StringComparison.Ordinal)
            || loaderMessage.Contains("libc10", StringComparison.Ordinal))
        {
            return $"libtorch itself is missing or damaged. Reference the package libtorch-cpu-{Rid()} and build again";
        }

        return $"the native library {Library} is missing or damaged. Reference the packages TorchSharp and libtorch-cpu-{Rid()} "
            + "and build again";
    }

    /// <summary>True where TorchSharp and libtorch have natives.</summary>
    /// <param name="platform">Operating system.</param>
    /// <param name="architecture">Process architecture.</param>
    /// <returns>True if supported.</returns>
    internal static bool IsSupported(OSPlatform platform, Architecture architecture) =>
        platform == OSPlatform.OSX ? architecture == Architecture.Arm64
        : (platform == OSPlatform.Linux || platform == OSPlatform.Windows) && architecture == Architecture.X64;

    private static bool Load()
    {
        if (!IsSupported(Platform(), RuntimeInformation.ProcessArchitecture))
        {
            throw new EngineUnavailableException(string.Create(CultureInfo.InvariantCulture,
                $"The Torch engine cannot run on {Rid()}: libtorch exists for linux-x64, win-x64 and osx-arm64. Use the Simd engine"));
        }

        try
        {
            // Loaded here first, because TorchSharp blames every failure on a missing package and leaves a copy of the natives in "cpu".
            NativeLibrary.Load(Library, typeof(torch).Assembly, searchPath: null);
            torch.set_num_threads(1);
            if (torch.get_num_interop_threads() != 1) torch.set_num_interop_threads(1);
        }
        catch (Exception e) when (
            e is DllNotFoundException or BadImageFormatException or NotSupportedException or TypeInitializationException)
        {
            throw new EngineUnavailableException($"The Torch engine cannot load: {Diagnose(e.Message)}. The loader said: {e.Message}", e);
        }

        return true;
    }

    private static OSPlatform Platform() =>
        OperatingSystem.IsLinux() ? OSPlatform.Linux
        : OperatingSystem.IsWindows() ? OSPlatform.Windows
        : OperatingSystem.IsMacOS() ? OSPlatform.OSX
        : OSPlatform.Create("OTHER");

    private static string Rid() => RuntimeInformation.RuntimeIdentifier;
}
