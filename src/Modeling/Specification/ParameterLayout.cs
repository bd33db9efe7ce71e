using System.Collections.Immutable;

namespace DagmmStream.Modeling.Specification;

/// <summary>
/// Where every weight stands in the flat parameter array of a model: members one after the other, each with encoder, decoder,
/// estimation network (per layer W [out, in] row-major, then b [out]) and, with <see cref="ModelSpec.LinearSkip"/>, P [d, L].
/// </summary>
public sealed class ParameterLayout
{
    /// <summary>Computes the layout of a model.</summary>
    /// <param name="spec">The model; validated here.</param>
    public ParameterLayout(ModelSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        spec.Validate();
        Spec = spec;
        var blocks = ImmutableArray.CreateBuilder<ParameterBlock>();
        var offset = 0;
        Encoder = Stack("enc", [spec.Features, .. spec.EncoderHidden, spec.Latent], blocks, ref offset);
        Decoder = Stack("dec", [spec.Latent, .. spec.EncoderHidden.Reverse(), spec.Features], blocks, ref offset);
        Estimation = Stack("est", [spec.LatentDimension, .. spec.EstimationHidden, spec.Components], blocks, ref offset);
        SkipOffset = -1;
        if (spec.LinearSkip)
        {
            SkipOffset = offset;
            blocks.Add(new ParameterBlock("skip", offset, spec.Features, spec.Latent));
            offset += spec.Features * spec.Latent;
        }

        Blocks = blocks.ToImmutable();
        MemberLength = offset;
    }

    /// <summary>The model described.</summary>
    public ModelSpec Spec { get; }

    /// <summary>Layers of the encoder, input side first.</summary>
    public ImmutableArray<LayerShape> Encoder { get; }

    /// <summary>Layers of the decoder, latent side first.</summary>
    public ImmutableArray<LayerShape> Decoder { get; }

    /// <summary>Layers of the estimation network; softmax after the last.</summary>
    public ImmutableArray<LayerShape> Estimation { get; }

    /// <summary>Offset of P [d, L], row-major, from the member's first parameter; -1 without a skip.</summary>
    public int SkipOffset { get; }

    /// <summary>All blocks of one member, in order, without gaps.</summary>
    public ImmutableArray<ParameterBlock> Blocks { get; }

    /// <summary>Parameters of one member.</summary>
    public int MemberLength { get; }

    /// <summary>Parameters of the model: <see cref="MemberLength"/> times the number of members.</summary>
    public int Length => MemberLength * Spec.Members.Length;

    private static ImmutableArray<LayerShape> Stack(
        string name, int[] widths, ImmutableArray<ParameterBlock>.Builder blocks, ref int offset)
    {
        var layers = ImmutableArray.CreateBuilder<LayerShape>(widths.Length - 1);
        for (var i = 0; i + 1 < widths.Length; i++)
        {
            var (inputs, outputs) = (widths[i], widths[i + 1]);
            blocks.Add(new ParameterBlock($"{name}.{i}.w", offset, outputs, inputs));
            blocks.Add(new ParameterBlock($"{name}.{i}.b", offset + (outputs * inputs), 1, outputs));
            layers.Add(new LayerShape(inputs, outputs, offset, offset + (outputs * inputs)));
            offset += outputs * (inputs + 1);
        }

        return layers.MoveToImmutable();
    }
}
