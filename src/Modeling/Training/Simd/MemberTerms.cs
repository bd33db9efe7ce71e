namespace DagmmStream.Modeling.Training.Simd;

/// <summary>The objective of one member on one minibatch (Zong et al. 2018, equation 7).</summary>
internal readonly record struct MemberTerms
{
    /// <summary>J.</summary>
    public double Objective { get; init; }

    /// <summary>Mean reconstruction loss.</summary>
    public double Reconstruction { get; init; }

    /// <summary>Mean energy; 0 in pre-training.</summary>
    public double Energy { get; init; }

    /// <summary>Penalty, not yet weighted; 0 in pre-training.</summary>
    public double Penalty { get; init; }

    /// <summary>Covariances that needed jitter.</summary>
    public int CholeskyRepairs { get; init; }
}
