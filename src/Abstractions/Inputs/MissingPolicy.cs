namespace DagmmStream;

/// <summary>What becomes of an event whose value of a feature is missing (NaN, or no name).</summary>
public enum MissingPolicy
{
    /// <summary>It is rejected, naming the feature.</summary>
    Reject = 0,

    /// <summary>The running mean of the feature stands in; the event is flagged.</summary>
    Mean = 1,

    /// <summary>The last value of the feature stands in; the event is flagged.</summary>
    Last = 2,
}
