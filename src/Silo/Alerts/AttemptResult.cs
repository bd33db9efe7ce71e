namespace DagmmStream.Silo.Alerts;

/// <summary>How an attempt to deliver a message ended.</summary>
/// <param name="Error">What went wrong; null when the receiver took it.</param>
/// <param name="IsFinal">True when the same message would fail again.</param>
internal readonly record struct AttemptResult(string? Error, bool IsFinal = false)
{
    public static readonly AttemptResult Delivered = new(null);
}
