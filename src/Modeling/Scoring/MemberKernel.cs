using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>
/// One member of a snapshot laid out for scoring: a single event in vectors over a layer's outputs and over components, or a tile of 64
/// in vectors over its rows. Every sum runs in the same order, so an event has the same energy, bit for bit, in both. Immutable and
/// thread-safe; scratch is the caller's.
/// </summary>
internal sealed unsafe class MemberKernel
{
    private readonly ModelSpec _spec;
    private readonly MemberNetworkKernel _network;
    private readonly MixtureKernel _mixture;
    private readonly double[] _mean;
    private readonly double[] _scale;

    /// <summary>Lays out a member.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="index">The member.</param>
    /// <param name="weights">The member's weights.</param>
    /// <param name="snapshot">The member's mixture and standardisation.</param>
    public MemberKernel(ParameterLayout layout, int index, ReadOnlySpan<float> weights, MemberSnapshot snapshot)
    {
        _spec = layout.Spec;
        (_network, _mixture) = (new MemberNetworkKernel(layout, index, weights), new MixtureKernel(snapshot.Mixture));
        (_mean, _scale) = (snapshot.LatentMean.ToArray(), snapshot.LatentDeviation.ToArray());
        foreach (ref var scale in _scale.AsSpan()) scale = 1 / scale;
    }

    /// <summary>Scratch for an event [values], enough for any member of the model.</summary>
    public static int ScratchLength(ModelSpec spec) => spec.LatentDimension + MixtureKernel.ScratchLength(spec.Components);

    /// <summary>Energy of one event (Zong et al. 2018, equation 6).</summary>
    /// <param name="scaled">Scaled features [d].</param>
    /// <param name="buffers">The caller's buffers.</param>
    /// <returns>The energy; may not be finite for an event so extreme that a network overflows.</returns>
    public double Energy(ReadOnlySpan<float> scaled, EventBuffers buffers) => Energy(scaled, buffers, out _);

    /// <summary>Energy of one event, and its first reconstruction feature as it stands in z.</summary>
    public double Energy(ReadOnlySpan<float> scaled, EventBuffers buffers, out double reconstruction)
    {
        fixed (float* input = buffers.Input, left = buffers.Left, right = buffers.Right, code = buffers.Code, output = buffers.Output)
        fixed (double* scratch = buffers.Mixture)
        {
            InputPass.Map(scaled, input, _network.Member.InputMap);
            _network.Encode(input, code, output, left, right);
            Latent(input, code, output, scratch);
            reconstruction = scratch[_spec.Latent];
            return _mixture.Energy(scratch, scratch + _spec.LatentDimension);
        }
    }

    /// <summary>Energies of a tile.</summary>
    /// <param name="tile">Buffers.</param>
    /// <param name="scaled">Scaled features, columns [d, <see cref="ScoringTile.Rows"/>].</param>
    /// <param name="z">Scratch [D, rows].</param>
    /// <param name="shares">Scratch [K, rows].</param>
    /// <param name="energies">Receives the energies [rows]; as of a single event.</param>
    /// <param name="reconstruction">To which the first reconstruction feature of z is added [rows].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Energies(ScoringTile tile, float* scaled, double* z, double* shares, double* energies, Span<double> reconstruction)
    {
        InputPass.Map(scaled, tile.Mapped, _spec.Features * ScoringTile.Rows, _network.Member.InputMap);
        tile.Encode(_network, tile.Mapped, z);
        if (_spec.StandardizeLatent)
        {
            for (var j = 0; j < _mean.Length; j++)
                ColumnKernel.Shift(z + (j * ScoringTile.Rows), _mean[j], _scale[j], z + (j * ScoringTile.Rows), ScoringTile.Rows);
        }

        for (var i = 0; i < reconstruction.Length; i++) reconstruction[i] += z[(_spec.Latent * ScoringTile.Rows) + i];
        _mixture.Energies(z, shares, energies, tile.Active.Padded);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Latent(float* input, float* code, float* output, double* z)
    {
        var (first, second) = ReconstructionFeatureMath.Features(_spec, ReconstructionPass.SumsOf(input, output, _spec.Features));
        for (var j = 0; j < _spec.Latent; j++) z[j] = code[j];
        (z[_spec.Latent], z[_spec.Latent + 1]) = (first.ToScalar(), second.ToScalar());
        if (!_spec.StandardizeLatent) return;
        for (var j = 0; j < _mean.Length; j++) z[j] = (z[j] - _mean[j]) * _scale[j];
    }
}
