namespace DagmmStream.Storage.Alerts;

/// <summary>Which alerts are wanted, the newest first.</summary>
public sealed record AlertQuery
{
    /// <summary>Of one stream; null for all.</summary>
    public string? Stream { get; init; }

    /// <summary>Of one kind; null for all.</summary>
    public AlertKind? Kind { get; init; }

    /// <summary>In one state; null for all.</summary>
    public AlertState? State { get; init; }

    /// <summary>Where no state is asked for: only what became an alert, going on or over.</summary>
    public bool AlertsOnly { get; init; }

    /// <summary>Numbers below this one: where the last page ended.</summary>
    /// <value>Default the largest number: from the newest on.</value>
    public long Before { get; init; } = long.MaxValue;

    /// <summary>At most so many.</summary>
    /// <value>Default 100.</value>
    public int Limit { get; init; } = 100;
}
