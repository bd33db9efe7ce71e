using Spectre.Console;

namespace DagmmStream.Cli.Terminal;

/// <summary>Where a command writes: data to the one, messages and progress to the other.</summary>
public sealed class CliConsole
{
    /// <summary>Wraps two writers.</summary>
    /// <param name="output">Receives data.</param>
    /// <param name="error">Receives messages and progress.</param>
    public CliConsole(TextWriter output, TextWriter error)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(error);
        Output = output;
        Error = error;
        OutputTables = Ansi(output, ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected);
        HasTerminal = ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected;
        Progress = Ansi(error, HasTerminal);
    }

    /// <summary>Receives data.</summary>
    public TextWriter Output { get; }

    /// <summary>Receives messages.</summary>
    public TextWriter Error { get; }

    /// <summary>Draws tables of data.</summary>
    public IAnsiConsole OutputTables { get; }

    /// <summary>Draws progress.</summary>
    public IAnsiConsole Progress { get; }

    /// <summary>True when messages go to a terminal.</summary>
    public bool HasTerminal { get; }

    private static IAnsiConsole Ansi(TextWriter writer, bool terminal)
    {
        var colour = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
            Out = new AnsiConsoleOutput(writer),
        });
    }
}
