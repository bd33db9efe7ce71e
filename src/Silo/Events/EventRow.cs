namespace DagmmStream.Silo.Events;

/// <summary>One decoded event; a decoder fills the same row again and again.</summary>
/// <param name="width">Features d.</param>
internal sealed class EventRow(int width)
{
    /// <summary>Feature vector [d].</summary>
    public float[] Features { get; } = new float[width];

    /// <summary>Event time, microseconds since 1970-01-01 UTC; null when the event has none.</summary>
    public long? Time { get; set; }

    /// <summary>Routing key, or null.</summary>
    public string? Key { get; set; }

    /// <summary>Line or position in the body, from 1.</summary>
    public long Line { get; set; }

    /// <summary>Why the event cannot be accepted; null for a good one.</summary>
    public Rejection? Rejection { get; private set; }

    public void Begin(long line)
    {
        Line = line;
        Time = null;
        Key = null;
        Rejection = null;
    }

    /// <summary>Marks the event as one that cannot be accepted; the first reason stays.</summary>
    public bool Reject(string code, string message)
    {
        Rejection ??= new Rejection(Line, code, message);
        return false;
    }
}
