using System.Collections.Immutable;

namespace DagmmStream.Silo.Model;

/// <summary>One component of the mixture in two dimensions: the marginal of its Gaussian.</summary>
/// <param name="Share">Its share of the events.</param>
/// <param name="X">Its mean to the right.</param>
/// <param name="Y">Its mean upwards.</param>
/// <param name="Inner">Corners of the ellipse that holds half of its events, as x and y in turn.</param>
/// <param name="Outer">Corners of the ellipse that holds 95 % of them.</param>
public sealed record ComponentView(double Share, double X, double Y, ImmutableArray<double> Inner, ImmutableArray<double> Outer)
{
    private const int Corners = 48;

    // Of a Gaussian in two dimensions the share 1 - exp(-r²/2) lies within Mahalanobis distance r.
    private static readonly double Half = Math.Sqrt(-2 * Math.Log(0.5));
    private static readonly double Most = Math.Sqrt(-2 * Math.Log(0.05));

    internal static ComponentView Of(LatentSpace space, int component, int x, int y)
    {
        var d = space.Dimension;
        var (meanX, meanY) = (space.Means[(component * d) + x], space.Means[(component * d) + y]);
        double Covariance(int i, int j) => space.Covariances[(component * d * d) + (i * d) + j];
        var (xx, xy, yy) = (Covariance(x, x), Covariance(x, y), Covariance(y, y));
        return new ComponentView(
            space.Shares[component], meanX, meanY, Ellipse(meanX, meanY, xx, xy, yy, Half), Ellipse(meanX, meanY, xx, xy, yy, Most));
    }

    /// <summary>The circle of a radius, mapped by the Cholesky factor of the covariance [[xx, xy], [xy, yy]]; closed.</summary>
    internal static ImmutableArray<double> Ellipse(double meanX, double meanY, double xx, double xy, double yy, double radius)
    {
        var first = Math.Sqrt(xx);
        var below = xy / first;
        var second = Math.Sqrt(Math.Max(0, yy - (below * below)));
        var corners = ImmutableArray.CreateBuilder<double>(2 * (Corners + 1));
        for (var i = 0; i <= Corners; i++)
        {
            var (sine, cosine) = Math.SinCos(2 * Math.PI * i / Corners);
            corners.Add(meanX + (radius * first * cosine));
            corners.Add(meanY + (radius * ((below * cosine) + (second * sine))));
        }

        return corners.MoveToImmutable();
    }
}
