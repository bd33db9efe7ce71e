namespace DagmmStream;

/// <summary>What a partition has noticed about its stream.</summary>
public enum DriftStage
{
    /// <summary>More events are rejected than chance allows; from here on they are kept apart.</summary>
    Suspected = 0,

    /// <summary>Rejections are as rare as usual again: the stream goes on as before.</summary>
    Ended = 1,

    /// <summary>Nearly every event was rejected: these are what is normal now, and are learned at once.</summary>
    Broken = 2,

    /// <summary>The suspicion has lasted long enough: the events are learned as a new regime.</summary>
    Accepted = 3,

    /// <summary>Accepted events are reconstructed worse than before: the networks learn faster for a while.</summary>
    Reconstruction = 4,
}
