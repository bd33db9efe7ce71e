using System.CommandLine;
using DagmmStream.Cli.Terminal;

namespace DagmmStream.Cli.Health;

/// <summary><c>dagmm health</c>.</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static Command Build(CliConsole console)
    {
        var endpoint = new Option<Uri>("--endpoint")
        {
            Description = "HTTP address of the silo.",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
                result.AddError($"--endpoint \"{result.Tokens[0].Value}\": use an address like http://127.0.0.1:8080.");
                return null;
            },
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        };
        var command = new Command("health", "Asks a silo whether it is ready; exit code 0 or 1.") { endpoint };
        command.SetAction((parsed, token) => RunAsync(console, parsed.GetValue(endpoint)!, token));
        return command;
    }

    private static async Task<int> RunAsync(CliConsole console, Uri endpoint, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { Timeout = Timeout };
        using var response = await http.GetAsync(new Uri(endpoint, "/health/ready"), cancellationToken);
        await console.Output.WriteLineAsync(await response.Content.ReadAsStringAsync(cancellationToken));
        return response.IsSuccessStatusCode ? ExitCode.Success : ExitCode.Failed;
    }
}
