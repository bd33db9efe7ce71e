using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Scoring;

/// <summary>Buffers of one event on its way through a member, padded to whole vectors. Not thread-safe.</summary>
internal sealed class EventBuffers
{
    /// <summary>Buffers for a model.</summary>
    public EventBuffers(ModelSpec spec)
    {
        var widest = spec.LatentDimension;
        foreach (var width in spec.EncoderHidden) widest = Math.Max(widest, width);
        (Left, Right) = (new float[Pad(widest)], new float[Pad(widest)]);
        (Input, Output, Code) = (new float[Pad(spec.Features)], new float[Pad(spec.Features)], new float[Pad(spec.Latent)]);
        Mixture = new double[MemberKernel.ScratchLength(spec)];
    }

    /// <summary>Mapped input.</summary>
    public float[] Input { get; }

    /// <summary>z_c.</summary>
    public float[] Code { get; }

    /// <summary>x'.</summary>
    public float[] Output { get; }

    /// <summary>Outputs of hidden layers, one after the other in turn.</summary>
    public float[] Left { get; }

    /// <summary>As <see cref="Left"/>.</summary>
    public float[] Right { get; }

    /// <summary>z and what the mixture needs.</summary>
    public double[] Mixture { get; }

    private static int Pad(int width) => (width + RowShape.Lanes - 1) / RowShape.Lanes * RowShape.Lanes;
}
