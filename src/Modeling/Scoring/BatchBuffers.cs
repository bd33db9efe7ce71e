using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>Buffers of a tile of events on its way through a snapshot. Rented from a pool; grows to the largest model seen.</summary>
internal sealed unsafe class BatchBuffers
{
    private readonly Arena _arena = new();
    private ModelSpec? _spec;

    /// <summary>Buffers of the networks.</summary>
    public ScoringTile Tile { get; } = new();

    /// <summary>Scaled features, columns [d, rows].</summary>
    public float* Scaled { get; private set; }

    /// <summary>z [D, rows].</summary>
    public double* Z { get; private set; }

    /// <summary>Responsibilities [K, rows].</summary>
    public double* Shares { get; private set; }

    /// <summary>Energies of one member [rows].</summary>
    public double* MemberEnergies { get; private set; }

    /// <summary>Mean energies [rows].</summary>
    public double[] Energies { get; } = new double[ScoringTile.Rows];

    /// <summary>Live scores [rows].</summary>
    public double[] Live { get; } = new double[ScoringTile.Rows];

    /// <summary>Sum of the members' first reconstruction features [rows].</summary>
    public double[] Reconstruction { get; } = new double[ScoringTile.Rows];

    /// <summary>Live scores under the anchor [rows].</summary>
    public double[] Anchored { get; } = new double[ScoringTile.Rows];

    /// <summary>Cuts the buffers for a model; does nothing for the same model.</summary>
    public void Prepare(ModelSpec spec)
    {
        if (ReferenceEquals(spec, _spec)) return;
        _spec = spec;
        _arena.Count();
        Cut(spec);
        _arena.Allocate();
        Cut(spec);
    }

    private void Cut(ModelSpec spec)
    {
        Tile.Cut(_arena, spec);
        Scaled = _arena.Floats((long)spec.Features * ScoringTile.Rows);
        Z = _arena.Doubles((long)spec.LatentDimension * ScoringTile.Rows);
        Shares = _arena.Doubles((long)spec.Components * ScoringTile.Rows);
        MemberEnergies = _arena.Doubles(ScoringTile.Rows);
    }
}
