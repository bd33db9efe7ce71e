namespace DagmmStream.Cli.Csv;

/// <summary>A line that could not be read, and why.</summary>
/// <param name="Line">Number of the line, from 1.</param>
/// <param name="Reason">What was wrong, with column and value.</param>
public readonly record struct BadLine(long Line, string Reason);
