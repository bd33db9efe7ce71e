using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DagmmStream.Silo.Hosting;
using DagmmStream.Storage.Sqlite;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DagmmStream.Silo.Embedded;

/// <summary>
/// A complete silo inside the calling process, on free loopback ports. Disposing drains it: what is queued is learned and checkpointed.
/// </summary>
public sealed class EmbeddedSilo : IAsyncDisposable
{
    // Between the choice of a free port and its use another process may take it.
    private const int MaxAttempts = 5;
    private readonly WebApplication _app;
    private readonly SiloOptions _options;
    private bool _stopped;

    private EmbeddedSilo(WebApplication app, SiloOptions options)
    {
        _app = app;
        _options = options;
    }

    /// <summary>The silo's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>A client of the silo, in process.</summary>
    public IClusterClient Client => _app.Services.GetRequiredService<IClusterClient>();

    /// <summary>Where clients of other processes connect: "127.0.0.1:port".</summary>
    public string Endpoint => $"127.0.0.1:{_options.GatewayPort}";

    /// <summary>Address of the HTTP server.</summary>
    public Uri HttpAddress =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts a silo and waits until it is active.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <returns>The running silo.</returns>
    /// <exception cref="DagmmStreamException">The store cannot be used.</exception>
    public static async Task<EmbeddedSilo> StartAsync(EmbeddedSiloOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        for (var attempt = 1; ; attempt++)
        {
            var settings = SettingsOn(FreePorts(), options);
            var app = SiloApplication.Create(settings, builder => Configure(builder, options));
            try
            {
                await app.StartAsync(cancellationToken);
                return new EmbeddedSilo(app, settings);
            }
            catch (Exception exception)
            {
                await app.DisposeAsync();
                if (attempt == MaxAttempts || !IsPortCollision(exception)) throw;
            }
        }
    }

    /// <summary>Drains and stops the silo; doing it again does nothing.</summary>
    /// <param name="cancellationToken">Ends the wait for the drain.</param>
    /// <returns>Completes when stopped.</returns>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_stopped) return;
        _stopped = true;
        await _app.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _app.DisposeAsync();
    }

    private static SiloOptions SettingsOn((int Silo, int Gateway) ports, EmbeddedSiloOptions options) => new()
    {
        SiloPort = ports.Silo,
        GatewayPort = ports.Gateway,
        Urls = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{options.HttpPort}"),
        DrainTimeout = options.DrainTimeout,
    };

    private static void Configure(WebApplicationBuilder builder, EmbeddedSiloOptions options)
    {
        builder.Services.Configure<SqliteStoreOptions>(store => store.Path = options.StorePath);
        builder.Services.AddSingleton<IHostLifetime, EmbeddedLifetime>();
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services.Configure<LoggerFilterOptions>(filter =>
        {
            filter.Rules.Clear();
            filter.MinLevel = options.LogLevel;
            // Their warnings at start are advice to operators of a server (garbage collector), and a first interval since the machine's
            // boot.
            filter.Rules.Add(new LoggerFilterRule(null, "Orleans.Runtime.Silo", LogLevel.Error, null));
            filter.Rules.Add(new LoggerFilterRule(null, "Orleans.Runtime.Watchdog", LogLevel.Error, null));
        });
        options.ConfigureServices?.Invoke(builder.Services);
    }

    private static (int Silo, int Gateway) FreePorts()
    {
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        using var second = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        second.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return (((IPEndPoint)first.LocalEndPoint!).Port, ((IPEndPoint)second.LocalEndPoint!).Port);
    }

    private static bool IsPortCollision(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
            if (exception is AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }) return true;
        return false;
    }
}
