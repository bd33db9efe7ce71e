namespace DagmmStream;

/// <summary>What makes an event anomalous.</summary>
public enum DecisionKind
{
    /// <summary>Its p-value is at most the stream's <see cref="StreamDefinition.AlarmRate"/>; labels move it within bounds.</summary>
    AlarmRate = 0,

    /// <summary>Its p-value is at most <see cref="DecisionPolicy.Limit"/>, whatever the labels.</summary>
    PValue = 1,

    /// <summary>Its energy is at least <see cref="DecisionPolicy.Limit"/>.</summary>
    Energy = 2,

    /// <summary>Its score is among the highest share <see cref="DecisionPolicy.Limit"/> of the recent scores, anomalies included.</summary>
    TopShare = 3,
}
