namespace DagmmStream.Grains.Costs;

/// <summary>What a stream will cost, before it is created. Bytes follow from the definition; times are of a machine like the one that
/// docs/benchmarks names, one core, without the network.</summary>
/// <param name="Parameters">Trainable parameters of all members.</param>
/// <param name="MemoryBytesPerPartition">Memory of an active partition whose window is full: weights, optimiser, snapshots, sketches,
/// window, quarantine and the recent events that the silo keeps in any case.</param>
/// <param name="QueueBytesPerPartition">Memory beside it, at most, while training is behind: a full training queue.</param>
/// <param name="CheckpointBytesPerPartition">Size of a checkpoint; two are kept.</param>
/// <param name="JournalBytesPerEvent">Bytes on disk per event until a checkpoint covers it; 0 for streams in memory.</param>
/// <param name="HistoryBytesPerEvent">Bytes on disk per event for as long as scores are kept.</param>
/// <param name="ScoreMicrosecondsPerEvent">Time to score an event.</param>
/// <param name="LearnMicrosecondsPerEvent">Time to learn an event.</param>
/// <param name="WarmUpEvents">Events of the stream before the first verdict.</param>
public sealed record CostEstimate(
    long Parameters,
    long MemoryBytesPerPartition,
    long QueueBytesPerPartition,
    long CheckpointBytesPerPartition,
    long JournalBytesPerEvent,
    long HistoryBytesPerEvent,
    double ScoreMicrosecondsPerEvent,
    double LearnMicrosecondsPerEvent,
    int WarmUpEvents);
