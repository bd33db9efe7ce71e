namespace DagmmStream.Modeling.Streaming;

/// <summary>What a learner has done since its stream began; part of its state, so that a restart goes on counting.</summary>
public readonly record struct LearnerCounters
{
    /// <summary>Events handed over.</summary>
    public long Seen { get; init; }

    /// <summary>Events that went into the window and into training.</summary>
    public long Accepted { get; init; }

    /// <summary>Events that the guard kept out, less those learned after all.</summary>
    public long Rejected { get; init; }

    /// <summary>Events not learned because there were too many equal ones.</summary>
    public long Repeated { get; init; }

    /// <summary>Changes noticed, see <see cref="DriftEvent"/>.</summary>
    public long Drifts { get; init; }

    /// <summary>New regimes accepted: times that events once rejected were learned after all.</summary>
    public long Escapes { get; init; }

    /// <summary>Training steps skipped because a number was not finite.</summary>
    public long SkippedSteps { get; init; }

    /// <summary>Covariances that needed jitter, in training and publishing.</summary>
    public long CholeskyRepairs { get; init; }

    /// <summary>Snapshots published.</summary>
    public long Published { get; init; }

    /// <summary>Publishes that kept the old snapshot because a number was not finite.</summary>
    public long FailedPublishes { get; init; }
}
