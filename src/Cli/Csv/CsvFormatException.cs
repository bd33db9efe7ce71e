namespace DagmmStream.Cli.Csv;

/// <summary>A file that cannot be replayed at all; the message says why.</summary>
public sealed class CsvFormatException : Exception
{
    /// <summary>Creates an exception without details.</summary>
    public CsvFormatException()
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">What was wrong, with which value, and what to do.</param>
    public CsvFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="message">What was wrong, with which value, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public CsvFormatException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
