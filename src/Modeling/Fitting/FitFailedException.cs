namespace DagmmStream.Modeling.Fitting;

/// <summary>A fit has a value that is not finite; nothing usable came of it.</summary>
/// <param name="message">What happened.</param>
public sealed class FitFailedException(string message) : Exception(message);
