using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Hosting;

/// <summary>The silo as a process: exit codes and messages.</summary>
public static class SiloProgram
{
    /// <summary>Exit code after a clean stop.</summary>
    public const int Success = 0;

    /// <summary>Exit code when the silo could not start or failed.</summary>
    public const int Failed = 1;

    /// <summary>Exit code when a setting is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Runs the silo until SIGTERM or Ctrl-C.</summary>
    /// <param name="args">Command line, see <c>--help</c>.</param>
    /// <param name="output">Receives the help text.</param>
    /// <param name="error">Receives one line per reason why the silo did not start.</param>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        if (args.Any(arg => arg is "--help" or "-h" or "-?"))
        {
            await WriteHelpAsync(output);
            return Success;
        }

        try
        {
            await using var app = SiloApplication.Create(args);
            await app.RunAsync();
            return Success;
        }
        catch (OptionsValidationException e)
        {
            foreach (var failure in e.Failures) await error.WriteLineAsync($"dagmm-silo: {failure}");
            return Usage;
        }
        catch (Exception e) when (Explain(e) is { } message)
        {
            await error.WriteLineAsync($"dagmm-silo: {message}");
            return Failed;
        }
    }

    /// <summary>What a start-up failure means to the operator; null when the exception is none we know.</summary>
    internal static string? Explain(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is DagmmStreamException) return e.Message;
            if (e is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } or AddressInUseException)
                return $"{exception.Message} Another process uses the port; choose others with --silo-port, --gateway-port and --urls.";
        }

        return null;
    }

    private static async Task WriteHelpAsync(TextWriter output)
    {
        await output.WriteLineAsync("Runs a DagmmStream silo until SIGTERM or Ctrl-C.");
        await output.WriteLineAsync();
        await output.WriteLineAsync(
            "Options (each also as an environment variable, e.g. DAGMM_Silo__GatewayPort, or in appsettings.json):");
        foreach (var (name, key) in SiloConfiguration.ShortOptions) await output.WriteLineAsync($"  {name,-16} {key}");
    }
}
