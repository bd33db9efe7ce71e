using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Scoring;

/// <summary>Encoder, decoder and skip of one member, packed for scoring; immutable.</summary>
internal sealed unsafe class MemberNetworkKernel
{
    private readonly PackedLayers _encoder;
    private readonly PackedLayers _decoder;
    private readonly PackedLayers? _skip;

    /// <summary>Packs a member.</summary>
    /// <param name="layout">Layout of the model.</param>
    /// <param name="index">The member.</param>
    /// <param name="weights">The member's weights.</param>
    public MemberNetworkKernel(ParameterLayout layout, int index, ReadOnlySpan<float> weights)
    {
        (Spec, Member) = (layout.Spec, layout.Spec.Members[index]);
        (_encoder, _decoder) = (PackedLayers.Of(layout.Encoder, weights), PackedLayers.Of(layout.Decoder, weights));
        if (layout.SkipOffset >= 0) _skip = PackedLayers.OfSkip(weights[layout.SkipOffset..], Spec.Features, Spec.Latent);
    }

    /// <summary>The model.</summary>
    public ModelSpec Spec { get; }

    /// <summary>The member.</summary>
    public MemberSpec Member { get; }

    /// <summary>z_c and x' of one event, padded to whole vectors.</summary>
    public void Encode(float* input, float* code, float* output, float* left, float* right)
    {
        _encoder.Forward(input, code, left, right, Member.Activation);
        _skip?.Add(input, code);
        _decoder.Forward(code, output, left, right, Member.Activation);
    }

    /// <summary>z_c and x' of a tile.</summary>
    public void Encode(ScoringTile tile, float* input)
    {
        _encoder.ForwardTile(input, tile.Code, tile.Left, tile.Right, tile.Active, Member.Activation);
        _skip?.AddTile(input, tile.Code, tile.Active);
        _decoder.ForwardTile(tile.Code, tile.Output, tile.Left, tile.Right, tile.Active, Member.Activation);
    }
}
