using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Cli.Evaluation;

/// <summary>Watches a pass over a synthetic stream.</summary>
internal interface ISyntheticCheck
{
    /// <summary>Called after every chunk.</summary>
    /// <param name="learned">Events learned.</param>
    /// <param name="snapshot">What scores from now on; null while warming up.</param>
    void Learned(int learned, ModelSnapshot? snapshot);

    /// <summary>Called after the last event.</summary>
    /// <param name="run">The pass.</param>
    /// <returns>Figures by name.</returns>
    IEnumerable<(string Name, double? Value)> Finish(PrequentialRun run);
}
