namespace DagmmStream;

/// <summary>What a partition does at the moment.</summary>
public enum PartitionState
{
    /// <summary>Fewer events than a first snapshot needs.</summary>
    WarmingUp = 0,

    /// <summary>Scores and learns.</summary>
    Running = 1,

    /// <summary>Refuses events while the silo stops.</summary>
    Draining = 2,

    /// <summary>Not in memory: its next event brings it back. Of its counters only <see cref="PartitionStatus.Accepted"/> is known then.
    /// </summary>
    Idle = 3,
}
