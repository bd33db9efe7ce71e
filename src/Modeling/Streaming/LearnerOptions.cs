using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Modeling.Streaming;

/// <summary>How a stream learns (docs/model.md, "Learning on a stream"); everything that is not the model itself.</summary>
public sealed record LearnerOptions
{
    // A share below these costs more per event than it is worth.
    private const int SmallestChunk = 16;
    private const int SmallestWindow = 512;

    /// <summary>Events in a chunk: what is learned in one piece, always at offsets k·ChunkSize … (k+1)·ChunkSize - 1.</summary>
    /// <value>Default 128: two training steps, a publish and a guard decision amortise over it.</value>
    public int ChunkSize { get; init; } = 128;

    /// <summary>Events before the first snapshot.</summary>
    /// <value>Default 256; two chunks.</value>
    public int WarmUp { get; init; } = 256;

    /// <summary>Training steps of the warm-up, on random minibatches of its events.</summary>
    /// <value>Default 250.</value>
    public int WarmUpSteps { get; init; } = 250;

    /// <summary>Rows of a warm-up minibatch.</summary>
    /// <value>Default 128.</value>
    public int WarmUpRows { get; init; } = 128;

    /// <summary>Learning rate of the warm-up.</summary>
    /// <value>Default 2e-3.</value>
    public double WarmUpLearningRate { get; init; } = 2e-3;

    /// <summary>Share of the warm-up after which its learning rate is multiplied by <see cref="WarmUpDecay"/>.</summary>
    /// <value>Default 0.7.</value>
    public double WarmUpDecayAfter { get; init; } = 0.7;

    /// <summary>What the learning rate is multiplied with at the end of the warm-up.</summary>
    /// <value>Default 0.3.</value>
    public double WarmUpDecay { get; init; } = 0.3;

    /// <summary>First share of the warm-up that trains the reconstruction alone.</summary>
    /// <value>Default 0.5.</value>
    public double WarmUpReconstruction { get; init; } = 0.5;

    /// <summary>New events per training step after the warm-up.</summary>
    /// <value>Default 64.</value>
    public int StepRows { get; init; } = 64;

    /// <summary>Events of the window that are replayed beside the new ones in each step.</summary>
    /// <value>Default 64: one for one, against forgetting.</value>
    public int ReplayRows { get; init; } = 64;

    /// <summary>Learning rate after the warm-up.</summary>
    /// <value>Default 1e-3.</value>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Rows of the window: one half the most recent accepted events, the other a uniform sample of those that left.</summary>
    /// <value>Default 4,096.</value>
    public int WindowCapacity { get; init; } = 4096;

    /// <summary>Publish at least every so many accepted events …</summary>
    /// <value>Default 128.</value>
    public int PublishInterval { get; init; } = 128;

    /// <summary>… and, as the stream ages, every accepted/PublishAging events …</summary>
    /// <value>Default 32: a window of 4,096 changes by 3 % between publishes.</value>
    public int PublishAging { get; init; } = 32;

    /// <summary>… but at least every so many.</summary>
    /// <value>Default 1,024.</value>
    public int PublishIntervalMax { get; init; } = 1024;

    /// <summary>Newest decisions of the guard by which a break is noticed.</summary>
    /// <value>Default 64: half a chunk.</value>
    public int EscapeCount { get; init; } = 64;

    /// <summary>
    /// When more than this share of these was rejected, the rejected events are learned at once: nothing else is left to be normal.
    /// </summary>
    /// <value>Default 0.9. An attack of half of all events leaves the other half accepted, and is not learned.</value>
    public double EscapeShare { get; init; } = 0.9;

    /// <summary>Decisions of the guard by which a suspicion is over.</summary>
    /// <value>Default 256.</value>
    public int SuspicionCount { get; init; } = 256;

    /// <summary>A rise of rejections is suspicious beyond so many times their usual share.</summary>
    /// <value>Default 2.</value>
    public double SuspicionFactor { get; init; } = 2;

    /// <summary>Confidence parameter delta of the change detector (Bifet and Gavaldà 2007).</summary>
    /// <value>Default 0.002, the authors' own.</value>
    public double DriftSignificance { get; init; } = 0.002;

    /// <summary>Smallest rise of the mean reconstruction signal, which is between 0 and 1, that is a drift.</summary>
    /// <value>Default 0.05: about 0.2 standard deviations of the reconstruction feature.</value>
    public double ReconstructionRise { get; init; } = 0.05;

    /// <summary>After such a rise the learning rate is multiplied by this …</summary>
    /// <value>Default 3.</value>
    public double QuickFactor { get; init; } = 3;

    /// <summary>… for so many accepted events.</summary>
    /// <value>Default 1,024: sixteen steps.</value>
    public int QuickCount { get; init; } = 1024;

    /// <summary>
    /// A suspicion that has lasted as many events as the history before it is a new regime; at least so many …
    /// </summary>
    /// <value>Default 2,048.</value>
    public int PatienceMin { get; init; } = 2048;

    /// <summary>… and at most so many: the stated time after which a partial change without return is learned.</summary>
    /// <value>Default 16,384.</value>
    public int PatienceMax { get; init; } = 16_384;

    /// <summary>Rejected events that are kept until it is known what they are.</summary>
    /// <value>Default 512: two warm-ups.</value>
    public int QuarantineCapacity { get; init; } = 512;

    /// <summary>Most recent events among which equal ones are counted; 0 for none.</summary>
    /// <value>Default 1,024.</value>
    public int RepeatCount { get; init; } = 1024;

    /// <summary>An event with so many equal ones among these is scored and not learned.</summary>
    /// <value>Default 64: a burst of equal events fills at most a sixteenth of what is learned.</value>
    public int RepeatLimit { get; init; } = 64;

    /// <summary>The anchor is renewed whenever the accepted events have grown by this factor, unless something is suspicious.</summary>
    /// <value>Default 2: the anchor has seen at least half of the stream and at most all but the newest part of it.</value>
    public double AnchorGrowth { get; init; } = 2;

    /// <summary>Accepted events over which the anchor's own rejections are averaged.</summary>
    /// <value>Default 256.</value>
    public int AnchorHorizon { get; init; } = 256;

    /// <summary>The anchor loses weight from this share of its own rejections on, linearly …</summary>
    /// <value>Default 0.1: what it rejects by its own threshold when nothing has changed.</value>
    public double AnchorFresh { get; init; } = 0.1;

    /// <summary>… down to <see cref="AnchorFloor"/> of its weight at this share.</summary>
    /// <value>Default 0.5.</value>
    public double AnchorStale { get; init; } = 0.5;

    /// <summary>Share of its weight that an outdated anchor keeps.</summary>
    /// <value>Default 0.1.</value>
    public double AnchorFloor { get; init; } = 0.1;

    /// <summary>Most recent scores that p-values are measured against: two generations of half as many.</summary>
    /// <value>Default 4,096: at an alarm rate of 1 % at least twenty of them are above the threshold.</value>
    public int CalibrationCount { get; init; } = 4096;

    /// <summary>Scores that are needed before they replace the window's own.</summary>
    /// <value>Default 128: with one chunk the tail is fitted to 13 of them, less wrong than the window's own, which the model has learned.
    /// </value>
    public int CalibrationMinimum { get; init; } = 128;

    /// <summary>Share of the recent scores that may be anomalies: the tail of the calibration is fitted without them.</summary>
    /// <value>Default 0.02.</value>
    public double Contamination { get; init; } = 0.02;

    /// <summary>Partitions of the stream; those of a stream with more than one learn together, in rounds.</summary>
    /// <value>Default 1.</value>
    internal int Partitions { get; init; } = 1;

    /// <summary>How snapshots are made.</summary>
    public PublishOptions Publish { get; init; } = PublishOptions.Stream;

    /// <summary>Options of the Stream preset.</summary>
    public static LearnerOptions Stream { get; } = new();

    /// <summary>Options of the Lite preset: a smaller window, published less often.</summary>
    public static LearnerOptions Lite { get; } =
        new() { WindowCapacity = 1024, PublishInterval = 1024, QuarantineCapacity = 128, Publish = PublishOptions.Lite };

    /// <summary>Options of the Paper preset on a stream: guard-free, no anchor, no EM rounds at publish.</summary>
    public static LearnerOptions Paper { get; } = new() { WindowCapacity = 1024, RepeatCount = 0, Publish = PublishOptions.Paper };

    /// <summary>
    /// The options of one partition among several: its share of chunk, window, recent scores and patience, so that the stream as a whole
    /// learns what one partition would; each is bounded below, since a partition judges its own events.
    /// </summary>
    /// <param name="partitions">Partitions of the stream.</param>
    internal LearnerOptions Share(int partitions) => partitions == 1 ? this : this with
    {
        Partitions = partitions,
        // Rounds are at chunk boundaries: with whole chunks a snapshot is P times as old (satellite with 4: .779, with a share .799).
        ChunkSize = Math.Max(ChunkSize / partitions, Math.Min(ChunkSize, SmallestChunk)),
        WindowCapacity = Math.Max(WindowCapacity / partitions, Math.Min(WindowCapacity, SmallestWindow)),
        CalibrationCount = Math.Max(CalibrationCount / partitions, CalibrationMinimum),
        // A break must be noticed after as many events of the stream: with whole counts average precision after one is .30, not .48.
        EscapeCount = Math.Max(EscapeCount / partitions, Math.Min(EscapeCount, SmallestChunk)),
        PatienceMin = Math.Max(PatienceMin / partitions, Math.Min(PatienceMin, SuspicionCount)),
        PatienceMax = Math.Max(PatienceMax / partitions, Math.Min(PatienceMax, SuspicionCount)),
    };

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ChunkSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(WarmUp, 16);
        ArgumentOutOfRangeException.ThrowIfLessThan(WarmUpRows, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(WarmUpSteps);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepRows, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(ReplayRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(WindowCapacity, WarmUp);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishInterval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishAging, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PublishIntervalMax, PublishInterval);
        ArgumentOutOfRangeException.ThrowIfLessThan(EscapeCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(SuspicionCount, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PatienceMin, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(PatienceMax, PatienceMin);
        ArgumentOutOfRangeException.ThrowIfLessThan(QuarantineCapacity, 2);
        ArgumentOutOfRangeException.ThrowIfNegative(QuickCount);
        ArgumentOutOfRangeException.ThrowIfNegative(RepeatCount);
        ArgumentOutOfRangeException.ThrowIfLessThan(RepeatLimit, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(AnchorHorizon, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CalibrationMinimum, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(CalibrationCount, CalibrationMinimum);
        CheckRate(LearningRate, nameof(LearningRate));
        CheckRate(WarmUpLearningRate, nameof(WarmUpLearningRate));
        CheckShare(WarmUpDecayAfter, nameof(WarmUpDecayAfter));
        CheckShare(WarmUpReconstruction, nameof(WarmUpReconstruction));
        CheckRate(WarmUpDecay, nameof(WarmUpDecay));
        CheckShare(EscapeShare, nameof(EscapeShare));
        CheckShare(AnchorFresh, nameof(AnchorFresh));
        CheckShare(AnchorFloor, nameof(AnchorFloor));
        CheckRate(DriftSignificance, nameof(DriftSignificance));
        CheckRate(QuickFactor, nameof(QuickFactor));
        CheckShare(ReconstructionRise, nameof(ReconstructionRise));
        if (!(AnchorGrowth > 1)) throw new ArgumentOutOfRangeException(nameof(AnchorGrowth), AnchorGrowth, "must be above 1");
        if (!(SuspicionFactor > 1)) throw new ArgumentOutOfRangeException(nameof(SuspicionFactor), SuspicionFactor, "must be above 1");
        if (!(AnchorStale > AnchorFresh && AnchorStale <= 1))
            throw new ArgumentOutOfRangeException(nameof(AnchorStale), AnchorStale, "must be above AnchorFresh and at most 1");
        if (!(Contamination >= 0 && Contamination < 0.1))
            throw new ArgumentOutOfRangeException(nameof(Contamination), Contamination, "must be in [0, 0.1)");
        ArgumentNullException.ThrowIfNull(Publish);
        Publish.Validate();
    }

    // Written so that NaN fails too.
    private static void CheckRate(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value))) throw new ArgumentOutOfRangeException(name, value, "must be finite and above 0");
    }

    private static void CheckShare(double value, string name)
    {
        if (!(value >= 0 && value <= 1)) throw new ArgumentOutOfRangeException(name, value, "must be in [0, 1]");
    }
}
