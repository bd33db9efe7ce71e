namespace DagmmStream;

/// <summary>Features that are made of the event time, in UTC; each is a sine and a cosine.</summary>
[Flags]
public enum CalendarFeatures
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The time of day.</summary>
    HourOfDay = 1,

    /// <summary>The day of the week.</summary>
    DayOfWeek = 2,
}
