using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DagmmStream.Cluster.Tests;

/// <summary>A real silo process on ports of its own, with a store that outlives it.</summary>
internal sealed class SiloProcess : IDisposable
{
    private const int Terminate = 15;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _directory;
    private readonly List<string> _output = [];
    private Process? _process;

    public SiloProcess(string directory)
    {
        _directory = directory;
        (SiloPort, GatewayPort, HttpPort) = (FreePort(), FreePort(), FreePort());
    }

    public int SiloPort { get; }

    public int GatewayPort { get; }

    public int HttpPort { get; }

    public string Endpoint => $"127.0.0.1:{GatewayPort}";

    public string StorePath => Path.Combine(_directory, "dagmm.db");

    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken, params string[] more)
    {
        Directory.CreateDirectory(_directory);
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory,
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "DagmmStream.Silo.dll"), "--silo-port", $"{SiloPort}", "--gateway-port",
            $"{GatewayPort}",
            "--urls", $"http://127.0.0.1:{HttpPort}", "--store", StorePath, .. more,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        using (var kill = Process.Start("kill", ["-s", $"{Terminate}", $"{_process!.Id}"])) await kill.WaitForExitAsync(cancellationToken);
        await _process.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (_process is { HasExited: false }) _process.Kill();
        _process?.Dispose();
    }

    private async Task WaitUntilReadyAsync(CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{HttpPort}") };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        while (true)
        {
            if (_process!.HasExited) throw new InvalidOperationException($"the silo ended with {_process.ExitCode}:\n{Output}");
            try
            {
                using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative), limit.Token);
                if (response.StatusCode == HttpStatusCode.OK) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet: ask again.
                await Task.Yield();
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"the silo was not ready after {StartLimit}:\n{Output}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken);
        }
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_output) _output.Add(line);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
