using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DagmmStream.Tests.Shared;

/// <summary>
/// A real PostgreSQL server of this process's own: a fresh data directory in a temporary folder, a free port, gone with the process. Where
/// the program runs as root, the server runs as the user "postgres", since it refuses root.
/// </summary>
public sealed class PostgreSqlServer : IAsyncDisposable
{
    /// <summary>Names the folder of the server's programs where it is none of the usual ones.</summary>
    public const string BinariesVariable = "DAGMM_POSTGRES_BIN";

    private const string Owner = "postgres";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly Lazy<Task<PostgreSqlServer>> SharedServer = new(StartSharedAsync);

    private readonly string _binaries;
    private readonly string _directory;
    private readonly string[] _settings;
    private Process? _process;

    private PostgreSqlServer(string binaries, string directory, int port, string[] settings) =>
        (_binaries, _directory, Port, _settings) = (binaries, directory, port, settings);

    /// <summary>Why no server can be started here; null when one can.</summary>
    public static string? WhyMissing { get; } = FindBinaries() is null
        ? $"PostgreSQL is not installed (Debian: apt-get install postgresql), and {BinariesVariable} names no folder with initdb" : null;

    /// <summary>Port on the loopback address.</summary>
    public int Port { get; }

    /// <summary>The server that the tests of this process share; started when first asked for.</summary>
    /// <returns>The running server.</returns>
    public static Task<PostgreSqlServer> GetSharedAsync() => SharedServer.Value;

    /// <summary>Makes a data directory and starts a server on it.</summary>
    /// <param name="settings">Settings of the server, "name=value".</param>
    /// <returns>The running server.</returns>
    public static async Task<PostgreSqlServer> StartAsync(params string[] settings)
    {
        var binaries = FindBinaries() ?? throw new InvalidOperationException(WhyMissing);
        var directory = Directory.CreateTempSubdirectory("dagmm-postgres-").FullName;
        if (Environment.IsPrivilegedProcess) await RunAsync("chown", Owner, directory);
        var server = new PostgreSqlServer(binaries, directory, FreePort(), settings);
        string[] initialise =
        [
            Path.Combine(binaries, "initdb"), "--pgdata", server.Data, "--username", Owner, "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C", "--no-sync", "--no-instructions",
        ];
        await RunAsOwnerAsync(initialise);
        await server.ResumeAsync();
        return server;
    }

    /// <summary>How to connect to a database of this server.</summary>
    /// <param name="database">The database.</param>
    /// <returns>The connection string.</returns>
    public string ConnectionString(string database) =>
        string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database={database};Username={Owner}");

    /// <summary>Creates an empty database.</summary>
    /// <returns>How to connect to it.</returns>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = $"dagmm_{Guid.NewGuid():N}";
        await SqlAsync($"CREATE DATABASE {name}");
        return ConnectionString(name);
    }

    /// <summary>Runs statements in the server's own database.</summary>
    /// <param name="sql">The statements.</param>
    /// <param name="database">The database.</param>
    /// <returns>What they print, without headings.</returns>
    public Task<string> SqlAsync(string sql, string database = Owner) => RunAsync(
        Path.Combine(_binaries, "psql"), "--host", "127.0.0.1", "--port", $"{Port}", "--username", Owner, "--no-psqlrc", "--quiet",
        "--tuples-only", "--no-align", "--set", "ON_ERROR_STOP=1", "--dbname", database, "--command", sql);

    /// <summary>Stops the server; its data stay.</summary>
    /// <param name="mode">"fast" ends sessions and writes a checkpoint; "immediate" is a crash.</param>
    /// <returns>Completes when the server has ended.</returns>
    public async Task StopAsync(string mode = "fast")
    {
        if (_process is null) return;
        await RunAsOwnerAsync(Path.Combine(_binaries, "pg_ctl"), "stop", "--pgdata", Data, "--mode", mode, "--wait");
        await _process.WaitForExitAsync().WaitAsync(Limit);
        _process.Dispose();
        _process = null;
    }

    /// <summary>Starts the server on its data.</summary>
    /// <returns>Completes when it takes connections.</returns>
    public async Task ResumeAsync()
    {
        string[] server =
        [
            Path.Combine(_binaries, "postgres"), "-D", Data, "-h", "127.0.0.1", "-p", $"{Port}", "-k", _directory,
            .. _settings.SelectMany(setting => new[] { "-c", setting }),
        ];

        // The shell waits for the end of its input, which comes with the end of this process however it ends, and stops the server then.
        // (A background job of such a shell reads nothing unless its input has a number.)
        const string guard =
            "exec 3<&0; \"$@\" 3<&- & server=$!; (read _ <&3; kill -INT $server) & guard=$!; wait $server; kill $guard";
        string[] guarded = ["sh", "-c", guard, "guard", .. AsOwner(server)];
        var start = new ProcessStartInfo(guarded[0]) { RedirectStandardInput = true, RedirectStandardError = true };
        foreach (var argument in guarded[1..]) start.ArgumentList.Add(argument);
        _process = Process.Start(start) ?? throw new InvalidOperationException("the server did not start");
        var log = new List<string>();
        _process.ErrorDataReceived += (_, line) =>
        {
            lock (log) log.Add(line.Data ?? "");
        };
        _process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(Limit);
        while (!await AnswersAsync())
        {
            if (_process.HasExited || limit.IsCancellationRequested)
            {
                lock (log) throw new InvalidOperationException($"PostgreSQL did not start:\n{string.Join('\n', log)}");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync("immediate");
        Directory.Delete(_directory, recursive: true);
    }

    private string Data => Path.Combine(_directory, "data");

    private static async Task<PostgreSqlServer> StartSharedAsync()
    {
        var server = await StartAsync("fsync=off", "max_connections=200");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => server.DisposeAsync().AsTask().Wait(Limit);
        return server;
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return await SqlAsync("SELECT 1") == "1";
        }
        catch (InvalidOperationException)
        {
            // Not yet.
            return false;
        }
    }

    private static string? FindBinaries()
    {
        var named = Environment.GetEnvironmentVariable(BinariesVariable);
        const string debian = "/usr/lib/postgresql";
        var versions = Directory.Exists(debian)
            ? Directory.GetDirectories(debian).OrderByDescending(path => path.Length).ThenByDescending(path => path, StringComparer.Ordinal)
                .Select(path => Path.Combine(path, "bin"))
            : [];
        var paths = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return new[] { named }.Concat(versions).Concat(paths)
            .FirstOrDefault(path => !string.IsNullOrEmpty(path) && File.Exists(Path.Combine(path, "initdb")));
    }

    private static string[] AsOwner(string[] command) => Environment.IsPrivilegedProcess
        ? ["setpriv", $"--reuid={Owner}", $"--regid={Owner}", "--clear-groups", "--", .. command]
        : command;

    private static Task<string> RunAsOwnerAsync(params string[] command)
    {
        var whole = AsOwner(command);
        return RunAsync(whole[0], whole[1..]);
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program)
        {
            // A child that had this process's terminal would stop it when it runs in the background.
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(Limit);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {await error}");
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
