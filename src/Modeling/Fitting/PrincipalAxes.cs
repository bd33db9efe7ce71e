using DagmmStream.Modeling.Statistics;
using MathNet.Numerics.LinearAlgebra;

namespace DagmmStream.Modeling.Fitting;

/// <summary>The leading eigenvectors of the covariance of scaled rows, shared by the members; immutable.</summary>
internal sealed class PrincipalAxes
{
    private const double SmallestVariance = 1e-6;

    public PrincipalAxes(ReadOnlySpan<float> rows, int count, int features, int latent)
    {
        (Features, Latent) = (features, latent);
        (Mean, Axes, InverseScale) = (new float[features], new float[features * latent], new float[latent]);
        var (mean, covariance, deviation) = (new double[features], new double[features * features], new double[features]);
        for (var at = 0; at < count * features; at += features)
            for (var j = 0; j < features; j++) mean[j] += rows[at + j] / (double)count;
        for (var at = 0; at < count * features; at += features)
        {
            for (var j = 0; j < features; j++) deviation[j] = rows[at + j] - mean[j];
            for (var j = 0; j < features; j++)
                DenseMath.AddScaled(covariance.AsSpan(j * features, features), deviation, deviation[j] / count);
        }

        var decomposition = Matrix<double>.Build.Dense(features, features, covariance).Evd(Symmetricity.Symmetric);
        for (var j = 0; j < features; j++) Mean[j] = (float)mean[j];
        for (var k = 0; k < latent; k++)
        {
            // Eigenvalues come in ascending order.
            var column = features - 1 - k;
            for (var j = 0; j < features; j++) Axes[(j * latent) + k] = (float)decomposition.EigenVectors[j, column];
            InverseScale[k] = (float)(1 / Math.Sqrt(Math.Max(decomposition.EigenValues[column].Real, SmallestVariance)));
        }
    }

    public int Features { get; }

    public int Latent { get; }

    /// <summary>Mean of the scaled rows [d].</summary>
    public float[] Mean { get; }

    /// <summary>P [d, L], orthonormal columns.</summary>
    public float[] Axes { get; }

    /// <summary>1 / deviation of the rows along the axes [L].</summary>
    public float[] InverseScale { get; }
}
