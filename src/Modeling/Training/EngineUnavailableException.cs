namespace DagmmStream.Modeling.Training;

/// <summary>
/// A training engine cannot run on this machine, for example because a native library does not load; the message says why.
/// </summary>
public sealed class EngineUnavailableException : Exception
{
    /// <summary>Creates the exception without a cause.</summary>
    public EngineUnavailableException()
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and what to do.</param>
    public EngineUnavailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and what to do.</param>
    /// <param name="innerException">What the platform said.</param>
    public EngineUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
