using System.Diagnostics;

namespace DagmmStream.Modeling.Tests.Training;

/// <summary>Tests of the kernels once more, in a process whose runtime is told to use narrower vectors.</summary>
public sealed class InstructionSetTests
{
    [Fact]
    public Task Kernels_WithoutAvx512_PassTheirTests() =>
        RunAsync("DOTNET_EnableAVX512", "*VectorMathTests", "*EnergyScorerTests", "*WindowWorkspaceTests", "*SimdTrainingEngineTests");

    /// <summary>As on ARM vectors have 128 bits; without its fused multiply-add, which is done in software here, slowly.</summary>
    [Fact]
    public Task Kernels_WithoutAvx2_PassTheirTests() => RunAsync("DOTNET_EnableAVX2", "*VectorMathTests", "*EnergyScorerTests");

    private static async Task RunAsync(string variable, params string[] classes)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(InstructionSetTests).Assembly.Location);
        foreach (var name in classes)
        {
            start.ArgumentList.Add("-class");
            start.ArgumentList.Add(name);
        }

        start.Environment[variable] = "0";
        using var process = Process.Start(start)!;
        var token = TestContext.Current.CancellationToken;
        var errors = process.StandardError.ReadToEndAsync(token);
        var output = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);
        Assert.DoesNotContain("Total: 0", output, StringComparison.Ordinal);
        Assert.True(process.ExitCode == 0, $"{variable}=0: exit code {process.ExitCode}\n{output}\n{await errors}");
    }
}
