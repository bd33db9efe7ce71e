using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Watches how well accepted events are reconstructed. The signal is the logistic function of the standardised reconstruction feature:
/// bounded, so that a single event says little, and 1/2 for an ordinary one.
/// </summary>
internal sealed class ReconstructionMonitor
{
    private readonly ChangeDetector _detector;

    public ReconstructionMonitor(LearnerOptions options)
        : this(new ChangeDetector(options.DriftSignificance))
    {
    }

    private ReconstructionMonitor(ChangeDetector detector) => _detector = detector;

    /// <summary>Adds an accepted event.</summary>
    /// <param name="reconstruction">Its standardised reconstruction feature; NaN says nothing.</param>
    public void Add(double reconstruction)
    {
        if (!double.IsNaN(reconstruction)) _detector.Add(1 / (1 + Math.Exp(-reconstruction)));
    }

    /// <summary>Draws the conclusion of a chunk.</summary>
    /// <param name="seen">Events seen.</param>
    /// <param name="smallest">Smallest rise that matters.</param>
    /// <returns>A rise; null if there is none. What is reconstructed better is learning, not drift.</returns>
    public DriftEvent? Conclude(long seen, double smallest)
    {
        var change = _detector.Check();
        return change > 0 && change >= smallest ? new DriftEvent(seen, DriftKind.Reconstruction, change) : null;
    }

    public void Write(CheckpointWriter writer) => _detector.Write(writer);

    public static ReconstructionMonitor Read(CheckpointReader reader, LearnerOptions options) => reader.Version < 4
        ? new ReconstructionMonitor(options)
        : new ReconstructionMonitor(ChangeDetector.Read(reader, options.DriftSignificance));
}
