using DagmmStream.Modeling.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>Reconstruction features z_r and loss (Zong et al. 2018, section 3.2; docs/model.md, Stream preset).</summary>
internal static class TorchReconstruction
{
    private const double NormShare = 0.01;
    private const double SquareFloor = 1e-8;

    /// <summary>The two features.</summary>
    /// <param name="spec">The model.</param>
    /// <param name="x">Mapped input [M, n, d].</param>
    /// <param name="reconstructed">x' [M, n, d].</param>
    /// <returns>[M, n, 2].</returns>
    public static Tensor Features(ModelSpec spec, Tensor x, Tensor reconstructed) =>
        spec.ReconstructionFeatures == ReconstructionFeatures.Paper ? Paper(spec, x, reconstructed) : Log(spec, x, reconstructed);

    /// <summary>Mean reconstruction loss of each member [M].</summary>
    public static Tensor Loss(ModelSpec spec, Tensor x, Tensor reconstructed)
    {
        using Scalar features = spec.Features;
        var loss = (x - reconstructed).pow(TorchScalar.Two).sum(-1L).mean([1L]);
        return spec.ReconstructionLoss == ReconstructionLoss.Mean ? loss.div(features) : loss;
    }

    private static Tensor Paper(ModelSpec spec, Tensor x, Tensor reconstructed)
    {
        using Scalar floor = spec.NormEpsilon;
        var inputNorm = Norm(x).clamp_min(floor);
        var outputNorm = Norm(reconstructed).clamp_min(floor);
        var distance = Norm(x - reconstructed) / inputNorm;
        var cosine = (x * reconstructed).sum(-1L) / (inputNorm * outputNorm);
        return stack([distance, cosine], -1);
    }

    private static Tensor Log(ModelSpec spec, Tensor x, Tensor reconstructed)
    {
        using Scalar floor = (NormShare * spec.Features) + SquareFloor, root = Math.Sqrt(spec.Features);
        var distance = (x - reconstructed).pow(TorchScalar.Two).sum(-1L).Plus(TorchScalar.SquareFloor).sqrt();
        var product = (x * reconstructed).sum(-1L);
        var norms = (x.pow(TorchScalar.Two).sum(-1L).Plus(floor) * reconstructed.pow(TorchScalar.Two).sum(-1L).Plus(floor)).sqrt();
        var cosine = (product / norms).clamp_max(TorchScalar.One);
        var difference = cosine.OneMinus();
        return stack([distance.div(root).Plus(TorchScalar.LogFloor).log(), difference.Plus(TorchScalar.LogFloor).log()], -1);
    }

    /// <summary>Euclidean norm over the features, with sub-gradient 0 at 0.</summary>
    private static Tensor Norm(Tensor x) => linalg.vector_norm(x, 2, [-1L]);
}
