using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Watches the guard's decisions and tells a fault from a new regime as far as anybody can: a rise in rejections is suspected, and is over
/// when they are rare again; when nearly everything is rejected it is a new regime at once, else only after it has lasted as long as the
/// history before it (within bounds).
/// </summary>
internal sealed class DriftMonitor
{
    private readonly LearnerOptions _options;
    private readonly double _usual;
    private readonly ChangeDetector _detector;
    private GuardHistory _latest;
    private GuardHistory _recent;

    public DriftMonitor(LearnerOptions options)
        : this(options, new ChangeDetector(options.DriftSignificance), new GuardHistory(options.EscapeCount),
            new GuardHistory(options.SuspicionCount))
    {
    }

    private DriftMonitor(LearnerOptions options, ChangeDetector detector, GuardHistory latest, GuardHistory recent) =>
        (_options, _usual, _detector, _latest, _recent) = (options, 1 - options.Publish.GuardQuantile, detector, latest, recent);

    /// <summary>True while more is rejected than usual and nobody can know why.</summary>
    public bool IsSuspicious => SuspectedAt >= 0;

    /// <summary>Events seen when the suspicion began; -1 without one.</summary>
    public long SuspectedAt { get; private set; } = -1;

    /// <summary>Adds the guard's decision about one event.</summary>
    public void Add(bool rejected)
    {
        _latest.Add(rejected);
        _recent.Add(rejected);
        _detector.Add(rejected ? 1 : 0);
    }

    /// <summary>Draws the conclusion of a chunk.</summary>
    /// <param name="seen">Events seen.</param>
    /// <returns>What has changed; null if nothing did.</returns>
    public DriftEvent? Conclude(long seen)
    {
        var change = _detector.Check();
        if (_latest.Exceeds(_options.EscapeShare)) return Restart(seen, DriftKind.Broken, (double)_latest.Rejections / _latest.Count);
        if (!IsSuspicious)
        {
            if (!(change > 0 && _detector.Mean > _options.SuspicionFactor * _usual)) return null;
            SuspectedAt = seen;
            return new DriftEvent(seen, DriftKind.Suspected, _detector.Mean - _usual);
        }

        // Half way between the usual share and the suspected one.
        var share = (double)_recent.Rejections / Math.Max(_recent.Count, 1);
        if (_recent.IsFull && share <= (1 + _options.SuspicionFactor) / 2 * _usual)
        {
            SuspectedAt = -1;
            return new DriftEvent(seen, DriftKind.Ended, share - _usual);
        }

        var patience = Math.Clamp(SuspectedAt, _options.PatienceMin, _options.PatienceMax);
        return seen - SuspectedAt >= patience ? Restart(seen, DriftKind.Accepted, share) : null;
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(SuspectedAt);
        _detector.Write(writer);
        _latest.Write(writer);
        _recent.Write(writer);
    }

    public static DriftMonitor Read(CheckpointReader reader, LearnerOptions options)
    {
        var suspectedAt = reader.ReadInt64();
        if (suspectedAt < -1) throw CheckpointReader.Malformed($"a suspicion cannot have begun at event {suspectedAt}");
        return new DriftMonitor(
            options, ChangeDetector.Read(reader, options.DriftSignificance), GuardHistory.Read(reader, options.EscapeCount),
            GuardHistory.Read(reader, options.SuspicionCount)) { SuspectedAt = suspectedAt };
    }

    // What was decided by the old model says nothing about the one that has learned the new regime.
    private DriftEvent Restart(long seen, DriftKind kind, double share)
    {
        SuspectedAt = -1;
        (_latest, _recent) = (new GuardHistory(_options.EscapeCount), new GuardHistory(_options.SuspicionCount));
        return new DriftEvent(seen, kind, share - _usual);
    }
}
