namespace DagmmStream.Modeling.Streaming;

/// <content>A learner that takes the place of another one.</content>
public sealed partial class StreamLearner
{
    /// <summary>Gives the snapshot another number, from which later ones go on: one number never stands for two models.</summary>
    /// <param name="version">The number, at least 1.</param>
    /// <exception cref="InvalidOperationException">There is no snapshot yet.</exception>
    internal void Renumber(long version)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        Snapshot = (Snapshot ?? throw new InvalidOperationException("there is no snapshot to number")).WithVersion(version);
        _counters = _counters with { Published = version };
    }
}
