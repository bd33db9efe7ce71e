using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// Buffers of 64 rows on their way through a member, by columns: column j of all rows stands in one run of memory. Not thread-safe.
/// </summary>
internal sealed unsafe class ScoringTile
{
    /// <summary>Rows of a tile: few enough for the nearest cache, enough for eight running sums.</summary>
    public const int Rows = 64;

    /// <summary>Rows that a kernel takes at least.</summary>
    public const int Group = 16;

    private readonly ReconstructionPass _reconstruction = new();

    /// <summary>The rows computed: all but for the last tile of a batch.</summary>
    public RowShape Active { get; private set; } = RowShape.Within(Rows, Rows);

    /// <summary>Mapped input of a member [d, <see cref="Rows"/>].</summary>
    public float* Mapped { get; private set; }

    /// <summary>z_c [L, rows].</summary>
    public float* Code { get; private set; }

    /// <summary>x' [d, rows].</summary>
    public float* Output { get; private set; }

    /// <summary>Outputs of hidden layers [widest, rows], one after the other in turn.</summary>
    public float* Left { get; private set; }

    /// <summary>As <see cref="Left"/>.</summary>
    public float* Right { get; private set; }

    /// <summary>Computes only as many groups of rows as a number of events needs.</summary>
    public void Activate(int count)
    {
        Active = RowShape.Within((count + Group - 1) / Group * Group, Rows);
        _reconstruction.Limit(Active);
    }

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, ModelSpec spec)
    {
        var widest = spec.LatentDimension;
        foreach (var width in spec.EncoderHidden) widest = Math.Max(widest, width);
        foreach (var width in spec.EstimationHidden) widest = Math.Max(widest, width);
        Mapped = arena.Floats((long)spec.Features * Rows);
        Output = arena.Floats((long)spec.Features * Rows);
        Code = arena.Floats((long)spec.LatentDimension * Rows);
        Left = arena.Floats((long)widest * Rows);
        Right = arena.Floats((long)widest * Rows);
        Active = RowShape.Within(Rows, Rows);
        _reconstruction.Cut(arena, spec, Active);
    }

    /// <summary>z = [z_c, z_r] of all rows (Zong et al. 2018, equations 1 to 3), not standardised.</summary>
    /// <param name="network">The member's layers.</param>
    /// <param name="x">Mapped input [d, rows].</param>
    /// <param name="z">Receives z, columns [D, rows].</param>
    public void Encode(MemberNetworkKernel network, float* x, double* z)
    {
        network.Encode(this, x);
        _reconstruction.Measure(x, Output);
        var latent = network.Spec.Latent;
        ColumnKernel.Widen(Code, z, latent * Rows);
        _reconstruction.Features(z + (latent * Rows), z + ((latent + 1) * Rows));
    }
}
