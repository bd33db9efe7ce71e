using System.Diagnostics;
using System.Globalization;

namespace DagmmStream.Bench.Peers;

/// <summary>PyTorch in a process of its own, asked for one measurement at a time.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;

    private PythonPeer(Process process) => _process = process;

    /// <summary>Starts it; null, with the reason on standard error, where it cannot be had.</summary>
    public static PythonPeer? TryStart(string? python)
    {
        if (string.IsNullOrEmpty(python)) return null;
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peers.py")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        start.Environment["OMP_NUM_THREADS"] = start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        return new PythonPeer(Process.Start(start) ?? throw new InvalidOperationException($"{python} does not start"));
    }

    public double Measure(string kind, string model, int rows, int calls)
    {
        _process.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{kind} {model} {rows} {calls}"));
        _process.StandardInput.Flush();
        var line = _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("PyTorch ended; see its message above");
        return double.Parse(line, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
