using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Cli.Evaluation;

/// <summary>A stream with one partition.</summary>
internal sealed class SingleLearner(StreamLearner learner) : IPrequentialLearner
{
    public int ChunkSize => learner.Options.ChunkSize;

    public ModelSnapshot? Snapshot => learner.Snapshot;

    public LearnerCounters Counters => learner.Counters;

    public void Learn(ReadOnlySpan<float> rows, int count) => learner.Learn(rows, count);
}
