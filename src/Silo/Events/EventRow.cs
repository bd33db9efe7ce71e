namespace DagmmStream.Silo.Events;

/// <summary>One decoded event; a decoder fills the same row again and again.</summary>
/// <param name="width">Features d.</param>
/// <param name="categories">How many of them are categorical.</param>
internal sealed class EventRow(int width, int categories = 0)
{
    public EventRow(StreamDefinition definition)
        : this(definition.Features.Length, Client.Producing.CategoryCells.Categorical(definition).Count())
    {
    }

    /// <summary>Feature vector [d]; NaN for a missing value, and in the cells of categorical features.</summary>
    public float[] Features { get; } = new float[width];

    /// <summary>Names of the categorical features, in the order of the definition; null for a missing one.</summary>
    public string?[] Categories { get; } = new string?[categories];

    /// <summary>True for history: the event is learned and raises no alarm.</summary>
    public bool IsBackFill { get; set; }

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
        IsBackFill = false;
        Rejection = null;
    }

    /// <summary>Marks the event as one that cannot be accepted; the first reason stays.</summary>
    public bool Reject(string code, string message)
    {
        Rejection ??= new Rejection(Line, code, message);
        return false;
    }
}
