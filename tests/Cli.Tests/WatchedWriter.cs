namespace DagmmStream.Cli.Tests;

/// <summary>Keeps what is written, and says when a line has a text.</summary>
/// <param name="text">The text.</param>
/// <param name="seen">Called whenever a line has it.</param>
internal sealed class WatchedWriter(string text, Action seen) : StringWriter
{
    public override Task WriteLineAsync(string? value)
    {
        if (value?.Contains(text, StringComparison.Ordinal) == true) seen();
        return base.WriteLineAsync(value);
    }
}
