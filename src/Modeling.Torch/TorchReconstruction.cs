using DagmmStream.Modeling.Specification;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>Reconstruction features z_r and loss (Zong et al. 2018, section 3.2; docs/model.md, Stream preset).</summary>
internal static class TorchReconstruction
{
    private const double LogFloor = 1e-3;
    private const double SquareFloor = 1e-8;
    private const double NormShare = 0.01;

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
        var loss = (x - reconstructed).square().sum(-1L).mean([1L]);
        return spec.ReconstructionLoss == ReconstructionLoss.Mean ? loss.div(spec.Features) : loss;
    }

    private static Tensor Paper(ModelSpec spec, Tensor x, Tensor reconstructed)
    {
        var inputNorm = Norm(x).clamp_min(spec.NormEpsilon);
        var outputNorm = Norm(reconstructed).clamp_min(spec.NormEpsilon);
        var distance = Norm(x - reconstructed) / inputNorm;
        var cosine = (x * reconstructed).sum(-1L) / (inputNorm * outputNorm);
        return stack([distance, cosine], -1);
    }

    private static Tensor Log(ModelSpec spec, Tensor x, Tensor reconstructed)
    {
        var floor = (NormShare * spec.Features) + SquareFloor;
        var distance = (x - reconstructed).square().sum(-1L).add(SquareFloor).sqrt();
        var product = (x * reconstructed).sum(-1L);
        var norms = (x.square().sum(-1L).add(floor) * reconstructed.square().sum(-1L).add(floor)).sqrt();
        var cosine = (product / norms).clamp_max(1.0);
        return stack([distance.div(Math.Sqrt(spec.Features)).add(LogFloor).log(), (1 - cosine).add(LogFloor).log()], -1);
    }

    /// <summary>Euclidean norm over the features, with sub-gradient 0 at 0.</summary>
    private static Tensor Norm(Tensor x) => linalg.vector_norm(x, 2, [-1L]);
}
