using DagmmStream.Cli.Terminal;

namespace DagmmStream.Cli.Tests;

/// <summary>Runs a command line as the executable would.</summary>
internal static class Commands
{
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await DagmmCommand.RunAsync(arguments, new CliConsole(output, error), TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
