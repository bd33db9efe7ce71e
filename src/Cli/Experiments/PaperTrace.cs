using DagmmStream.Modeling.Fitting;

namespace DagmmStream.Cli.Experiments;

/// <summary>Terms of the objective and component shares after each epoch of the published training.</summary>
internal sealed class PaperTrace : IProgress<FitProgress>
{
    private readonly List<FitTerms> _terms = [];
    private readonly List<IReadOnlyList<double>> _shares = [];

    /// <summary>Terms by epoch.</summary>
    public IReadOnlyList<FitTerms> Terms => _terms;

    /// <summary>Shares [K] by epoch; empty where none could be computed.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Shares => _shares;

    /// <inheritdoc/>
    public void Report(FitProgress value)
    {
        if (value.Terms is not { } terms) return;
        _terms.Add(terms);
        _shares.Add(value.Shares ?? []);
    }
}
