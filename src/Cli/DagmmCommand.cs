using System.CommandLine;
using DagmmStream.Cli.Csv;
using DagmmStream.Cli.Demo;
using DagmmStream.Cli.Evaluation;
using DagmmStream.Cli.Experiments;
using DagmmStream.Cli.Explain;
using DagmmStream.Cli.Health;
using DagmmStream.Cli.Keys;
using DagmmStream.Cli.Label;
using DagmmStream.Cli.Replay;
using DagmmStream.Cli.SelfCheck;
using DagmmStream.Cli.Streams;
using DagmmStream.Cli.Tail;
using DagmmStream.Cli.Terminal;
using DagmmStream.Modeling.Fitting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Cli;

/// <summary>The command <c>dagmm</c>.</summary>
public static class DagmmCommand
{
    // After Ctrl-C: the time in which an embedded silo may train out and write its checkpoints.
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments.</param>
    /// <param name="console">Where it writes.</param>
    /// <param name="cancellationToken">Stops it like Ctrl-C.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CliConsole console, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(console);
        var parsed = Build(console).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors) await console.Error.WriteLineAsync($"dagmm: {error.Message}");
            await console.Error.WriteLineAsync("See dagmm --help.");
            return ExitCode.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = console.Output,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = StopTimeout,
            };
            return await parsed.InvokeAsync(invocation, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception e) when (e is DagmmStreamException or CsvFormatException or FitFailedException or IOException
            or InvalidDataException or UnauthorizedAccessException or HttpRequestException or OptionsValidationException)
        {
            await console.Error.WriteLineAsync($"dagmm: {e.Message}");
            return e is OptionsValidationException ? ExitCode.Usage : ExitCode.Failed;
        }
    }

    private static RootCommand Build(CliConsole console) => new("Finds anomalies in event streams while they arrive.")
    {
        DemoCommand.Build(console),
        ReplayCommand.Build(console),
        TailCommand.Build(console),
        ExplainCommand.Build(console),
        LabelCommand.Build(console),
        StreamsCommand.Build(console),
        HealthCommand.Build(console),
        KeysCommand.Build(console),
        EvaluateCommand.Build(console),
        SelfCheckCommand.Build(console),
        ExperimentCommand.Build(console),
    };
}
