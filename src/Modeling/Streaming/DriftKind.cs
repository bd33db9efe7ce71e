namespace DagmmStream.Modeling.Streaming;

/// <summary>What the learner has noticed about its stream.</summary>
public enum DriftKind
{
    /// <summary>More events are rejected than chance allows; from here on rejected events are kept apart and not calibrated on.</summary>
    Suspected = 0,

    /// <summary>Rejections are as rare as usual again: what was kept apart is forgotten, the stream goes on as before.</summary>
    Ended = 1,

    /// <summary>Nearly every event was rejected: there is nothing left to be normal but these, and they are learned at once.</summary>
    Broken = 2,

    /// <summary>The suspicion has lasted as long as the history that speaks against it: the events are learned.</summary>
    Accepted = 3,

    /// <summary>
    /// What is accepted is reconstructed worse than before by more than chance allows: the networks no longer fit, though the density does
    /// not complain. The next steps are larger.
    /// </summary>
    Reconstruction = 4,
}
