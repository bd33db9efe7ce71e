namespace DagmmStream;

/// <summary>The one exception family of DagmmStream: says what was wrong, with which value, and what to do.</summary>
[GenerateSerializer]
[Alias("dagmm.exception")]
public sealed class DagmmStreamException : Exception
{
    /// <summary>Creates an exception without details; for serializers.</summary>
    public DagmmStreamException()
    {
    }

    /// <summary>Creates an unclassified exception.</summary>
    /// <param name="message">What was wrong, with which value, and what to do.</param>
    public DagmmStreamException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an unclassified exception.</summary>
    /// <param name="message">What was wrong, with which value, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public DagmmStreamException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an exception.</summary>
    /// <param name="code">Stable code.</param>
    /// <param name="message">What was wrong, with which value, and what to do.</param>
    /// <param name="isTransient">True if the same call may succeed later.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public DagmmStreamException(ErrorCode code, string message, bool isTransient = false, Exception? innerException = null)
        : base(message, innerException)
    {
        Code = code;
        IsTransient = isTransient;
    }

    /// <summary>Stable code.</summary>
    [Id(0)]
    public ErrorCode Code { get; private set; }

    /// <summary>True if the same call may succeed later.</summary>
    [Id(1)]
    public bool IsTransient { get; private set; }
}
