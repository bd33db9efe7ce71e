namespace DagmmStream.Modeling.Conformance;

/// <summary>Values of a golden case in float64; matrices are flat and row-major.</summary>
public sealed record GoldenExpectation
{
    /// <summary>z [rows, D].</summary>
    public required double[] Latent { get; init; }

    /// <summary>Log memberships [rows, K].</summary>
    public required double[] LogMemberships { get; init; }

    /// <summary>Log shares log phi [K].</summary>
    public required double[] LogShares { get; init; }

    /// <summary>Means mu [K, D].</summary>
    public required double[] Means { get; init; }

    /// <summary>Covariances with epsilon on the diagonal [K, D, D].</summary>
    public required double[] Covariances { get; init; }

    /// <summary>Energy of each row [rows].</summary>
    public required double[] Energies { get; init; }

    /// <summary>Mean reconstruction loss.</summary>
    public required double Reconstruction { get; init; }

    /// <summary>Mean energy.</summary>
    public required double Energy { get; init; }

    /// <summary>Penalty, not weighted.</summary>
    public required double Penalty { get; init; }

    /// <summary>J.</summary>
    public required double Objective { get; init; }
}
