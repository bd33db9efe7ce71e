namespace DagmmStream.Modeling.Checkpoints;

/// <summary>Bytes are no readable checkpoint; the message names the value.</summary>
public sealed class CheckpointException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="message">What was found and what was expected.</param>
    public CheckpointException(CheckpointFailure failure, string message)
        : base(message) => Failure = failure;

    /// <summary>Creates the exception around another.</summary>
    /// <param name="failure">Why.</param>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="innerException">The cause.</param>
    public CheckpointException(CheckpointFailure failure, string message, Exception innerException)
        : base(message, innerException) => Failure = failure;

    /// <summary>Why the bytes cannot be read.</summary>
    public CheckpointFailure Failure { get; }
}
