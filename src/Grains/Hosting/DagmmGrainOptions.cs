using System.ComponentModel.DataAnnotations;

namespace DagmmStream.Grains.Hosting;

/// <summary>Options of the grains of one silo; section "Grains".</summary>
public sealed class DagmmGrainOptions
{
    /// <summary>Training steps that may run at once in this process; each uses one thread.</summary>
    /// <value>Default 0: the number of processors minus one, at least 1, so that scoring always finds a free core.</value>
    [Range(0, 1024)]
    public int TrainingSlots { get; set; }

    /// <summary>Chunks that may wait for a training slot over all partitions; partitions beyond it wait in line before they ask.</summary>
    /// <value>Default 4,096.</value>
    [Range(1, 1_000_000)]
    public int TrainingQueueLength { get; set; } = 4096;

    /// <summary>Training steps after which a partition writes a checkpoint even if <see cref="StreamDefinition.CheckpointInterval"/> has
    /// not passed: bounds what a restart has to learn again.</summary>
    /// <value>Default 2,000.</value>
    [Range(1, int.MaxValue)]
    public int CheckpointSteps { get; set; } = 2000;

    /// <summary>Scores that a partition keeps in memory for readers and for resent events; older ones are read from the store.</summary>
    /// <value>Default 2,048: all that one producer may have in flight, twice.</value>
    [Range(256, 1_000_000)]
    public int RingCapacity { get; set; } = 2048;

    /// <summary>Memory of one silo for the recent scores and features of all its active partitions, in bytes. Each gets an equal part of
    /// it, at most <see cref="RingCapacity"/> scores and <see cref="ExplainableEvents"/> features, at least 256 of both.</summary>
    /// <value>Default 256 MiB: the full rings of about 1,500 partitions of 8 features.</value>
    [Range(1L << 20, 1L << 40)]
    public long RecentMemoryBytes { get; set; } = 256L << 20;

    /// <summary>Most recent events whose features a partition keeps in memory, so that they can be explained and labelled. Anomalies can
    /// for as long as <see cref="StreamDefinition.ExplanationRetention"/> says.</summary>
    /// <value>Default 1,024: 4 kB per feature.</value>
    [Range(1, 1_000_000)]
    public int ExplainableEvents { get; set; } = 1024;

    /// <summary>Producers whose watermark a partition remembers; beyond it the one that was silent for longest is forgotten.</summary>
    /// <value>Default 1,024.</value>
    [Range(1, 1_000_000)]
    public int MaxProducers { get; set; } = 1024;

    /// <summary>Versions of its model that a partition keeps beside the one that scores; the oldest go.</summary>
    /// <value>Default 8. Each is as large as a checkpoint.</value>
    [Range(1, 1000)]
    public int KeptModels { get; set; } = 8;

    /// <summary>What a refused producer is told to wait.</summary>
    /// <value>Default 50 ms: about the time in which a few chunks are learned.</value>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>What a producer is told to wait while the silo drains.</summary>
    /// <value>Default 500 ms.</value>
    public TimeSpan DrainRetryAfter { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Least time between two rounds of a stream with several partitions; within it they are run as often as a stream with one
    /// partition publishes. Every partition writes a checkpoint in every round.</summary>
    /// <value>Default 2 s.</value>
    public TimeSpan RoundInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a round waits for a partition's answer before it goes on without it; a partition that hears nothing of its round
    /// for three times as long learns on.</summary>
    /// <value>Default 5 s: a partition writes a checkpoint before its first answer.</value>
    public TimeSpan RoundDeadline { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a partition deletes scores beyond the stream's <see cref="StreamDefinition.ScoreRetention"/>.</summary>
    /// <value>Default 10 min.</value>
    public TimeSpan RetentionInterval { get; set; } = TimeSpan.FromMinutes(10);
}
