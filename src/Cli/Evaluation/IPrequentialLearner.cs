using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Cli.Evaluation;

/// <summary>What learns a stream while it is evaluated.</summary>
internal interface IPrequentialLearner
{
    /// <summary>Events that are learned in one go.</summary>
    int ChunkSize { get; }

    /// <summary>The snapshot that scores; null while warming up.</summary>
    ModelSnapshot? Snapshot { get; }

    /// <summary>What was done so far.</summary>
    LearnerCounters Counters { get; }

    /// <summary>Learns events [count, d].</summary>
    void Learn(ReadOnlySpan<float> rows, int count);
}
