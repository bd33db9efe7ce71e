using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace DagmmStream.Tests.Shared;

/// <summary>A real silo process on ports of its own, from the program beside this one; its store outlives it.</summary>
public sealed class SiloProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(120);
    private readonly string _directory;
    private readonly string[] _storeArguments;
    private readonly Queue<string> _output = new();
    private Process? _process;

    /// <summary>Prepares a silo; nothing is started yet.</summary>
    /// <param name="directory">Its working directory.</param>
    /// <param name="connectionString">The database of its cluster; null for a silo alone with a SQLite file in its directory.</param>
    public SiloProcess(string directory, string? connectionString = null)
    {
        _directory = directory;
        (SiloPort, GatewayPort, HttpPort) = (FreePort(), FreePort(), FreePort());
        _storeArguments = connectionString is null
            ? ["--store", StorePath]
            : ["--store-kind", "PostgreSql", "--cluster", "PostgreSql", "--connection-string", connectionString];
    }

    /// <summary>Port of the silos among each other.</summary>
    public int SiloPort { get; }

    /// <summary>Port of the clients.</summary>
    public int GatewayPort { get; }

    /// <summary>Port of the HTTP server.</summary>
    public int HttpPort { get; }

    /// <summary>Where clients connect.</summary>
    public string Endpoint => $"127.0.0.1:{GatewayPort}";

    /// <summary>The SQLite file of a silo alone.</summary>
    public string StorePath => Path.Combine(_directory, "dagmm.db");

    /// <summary>True while the process lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    /// <summary>The last lines of its log, over all its lives.</summary>
    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    /// <summary>Starts the process and waits until it takes events.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="more">Further arguments.</param>
    /// <returns>Completes when it is ready.</returns>
    public async Task StartAsync(CancellationToken cancellationToken, params string[] more)
    {
        Directory.CreateDirectory(_directory);
        var start = new ProcessStartInfo("dotnet")
        {
            // A child that had this process's terminal would stop it when it runs in the background.
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _directory,
        };
        string[] arguments =
        [
            Path.Combine(AppContext.BaseDirectory, "DagmmStream.Silo.dll"), "--silo-port", $"{SiloPort}", "--gateway-port",
            $"{GatewayPort}", "--urls", $"http://127.0.0.1:{HttpPort}", .. _storeArguments, .. more,
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        _process?.Dispose();
        _process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilReadyAsync(cancellationToken);
    }

    /// <summary>kill -9.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when the process is gone.</returns>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        _process!.Kill();
        await _process.WaitForExitAsync(cancellationToken);
    }

    /// <summary>SIGTERM, and the exit code.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> StopAsync(CancellationToken cancellationToken)
    {
        await SignalAsync("TERM", cancellationToken);
        await _process!.WaitForExitAsync(cancellationToken);
        return _process.ExitCode;
    }

    /// <summary>Sends a signal.</summary>
    /// <param name="signal">Its name, such as "STOP" or "CONT".</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Completes when it is sent.</returns>
    public async Task SignalAsync(string signal, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("kill", ["-s", signal, $"{_process!.Id}"]) { RedirectStandardInput = true };
        using var kill = Process.Start(start) ?? throw new InvalidOperationException("kill did not start");
        await kill.WaitForExitAsync(cancellationToken);
    }

    /// <inheritdoc/>
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
        const int most = 20_000;
        if (line is null) return;
        lock (_output)
        {
            _output.Enqueue(line);
            if (_output.Count > most) _output.Dequeue();
        }
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
