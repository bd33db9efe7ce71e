using System.Runtime.InteropServices;
using TorchSharp;

namespace DagmmStream.Modeling.Torch.Tests;

/// <summary>libtorch loads from the output as built, and what cannot load says why.</summary>
public sealed class TorchRuntimeTests
{
    [Fact]
    public void EnsureLoaded_OutputAsBuilt_ComputesOnOneThread()
    {
        TorchRuntime.EnsureLoaded();
        using var scope = torch.NewDisposeScope();

        var product = torch.matmul(torch.full(3, 4, 2.0), torch.full(4, 5, 0.5));

        Assert.Equal(4.0, product[2, 4].item<float>());
        Assert.Equal(1, torch.get_num_threads());
        Assert.Equal(1, torch.get_num_interop_threads());
    }

    [Fact]
    public void EnsureLoaded_CalledFromManyThreads_LoadsOnce()
    {
        Parallel.For(0, 16, _ => TorchRuntime.EnsureLoaded());

        Assert.False(Directory.Exists(Path.Combine(AppContext.BaseDirectory, "cpu")), "TorchSharp left its copy of a failed load");
    }

    [Theory]
    [InlineData("/lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by libLibTorchSharp.so)", "libstdc++")]
    [InlineData("/lib64/libc.so.6: version `GLIBC_2.34' not found (required by libtorch_cpu.so)", "glibc")]
    [InlineData("libtorch_cpu.so: cannot open shared object file: No such file or directory", "libtorch-cpu-")]
    [InlineData("libLibTorchSharp: cannot open shared object file: No such file or directory", "LibTorchSharp is missing")]
    public void Diagnose_LoaderMessage_NamesTheCause(string message, string cause) =>
        Assert.Contains(cause, TorchRuntime.Diagnose(message), StringComparison.Ordinal);

    [Theory]
    [InlineData("LINUX", Architecture.X64, true)]
    [InlineData("LINUX", Architecture.Arm64, false)]
    [InlineData("WINDOWS", Architecture.X64, true)]
    [InlineData("OSX", Architecture.Arm64, true)]
    [InlineData("OSX", Architecture.X64, false)]
    [InlineData("FREEBSD", Architecture.X64, false)]
    public void IsSupported_Platform_TellsWhetherNativesExist(string platform, Architecture architecture, bool expected) =>
        Assert.Equal(expected, TorchRuntime.IsSupported(OSPlatform.Create(platform), architecture));
}
