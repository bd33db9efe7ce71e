namespace DagmmStream.Modeling.Fitting;

/// <summary>A model fitted offline: scores rows and says how healthy it is. Immutable and thread-safe.</summary>
public abstract class FittedModel
{
    private protected FittedModel(int features, FitDiagnosis diagnosis) => (Features, Diagnosis) = (features, diagnosis);

    /// <summary>Features d of a row.</summary>
    public int Features { get; }

    /// <summary>Health of the fit.</summary>
    public FitDiagnosis Diagnosis { get; }

    /// <summary>Scores rows; higher is more anomalous. The score of a row does not depend on the others.</summary>
    /// <param name="rows">Raw features [n, d], row-major, finite.</param>
    /// <param name="count">Rows n.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Scores [n].</returns>
    public abstract double[] Score(ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default);

    /// <summary>Reconstruction errors alone, for comparison with the score.</summary>
    /// <param name="rows">Raw features [n, d], row-major, finite.</param>
    /// <param name="count">Rows n.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Errors [n]; higher is worse.</returns>
    public abstract double[] ReconstructionErrors(ReadOnlySpan<float> rows, int count, CancellationToken cancellationToken = default);
}
