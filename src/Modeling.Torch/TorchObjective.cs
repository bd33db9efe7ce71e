using DagmmStream.Modeling.Specification;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>The training objective of one minibatch, all members at once (Zong et al. 2018, equation 7).</summary>
internal sealed class TorchObjective
{
    /// <summary>Computes the terms.</summary>
    /// <param name="layout">The model.</param>
    /// <param name="weights">Leaf tensor [M, parameters of a member].</param>
    /// <param name="x">Scaled input [n, d].</param>
    /// <param name="dropoutMask">Zeros and ones [M, n, h], or null.</param>
    /// <param name="reconstructionOnly">True for pre-training: only the reconstruction.</param>
    public TorchObjective(ParameterLayout layout, Tensor weights, Tensor x, Tensor? dropoutMask, bool reconstructionOnly)
    {
        var spec = layout.Spec;
        var members = new TorchMembers(layout, weights);
        var input = members.MapInput(x);
        var code = members.Encode(input);
        var reconstructed = members.Decode(code);
        Reconstruction = TorchReconstruction.Loss(spec, input, reconstructed);
        Objective = Reconstruction.to(ScalarType.Float64);
        if (reconstructionOnly) return;
        // In double as in the managed engines: a relative distance near 1 has a spread that float32 cannot hold.
        var features = TorchReconstruction.Features(spec, input.to(ScalarType.Float64), reconstructed.to(ScalarType.Float64));
        var z = cat([code.to(ScalarType.Float64), features], -1);
        if (spec.StandardizeLatent) z = Standardize(z);
        var logMemberships = members.LogMemberships(z.to(code.dtype), dropoutMask).to(ScalarType.Float64);
        var mixture = new TorchMixture(spec, z, logMemberships);
        Energies = mixture.Energies(z);
        Penalty = mixture.Penalty();
        CholeskyRepairs = mixture.CholeskyRepairs;
        Objective = Objective.Plus(Weights(spec, member => member.EnergyWeight) * Energies.mean([1L]))
            .Plus(Weights(spec, member => member.PenaltyWeight) * Penalty);
    }

    /// <summary>J of each member [M], double.</summary>
    public Tensor Objective { get; }

    /// <summary>Mean reconstruction loss of each member [M].</summary>
    public Tensor Reconstruction { get; }

    /// <summary>Energies [M, n], double; null in pre-training.</summary>
    public Tensor? Energies { get; }

    /// <summary>Penalty of each member [M], double; null in pre-training.</summary>
    public Tensor? Penalty { get; }

    /// <summary>Covariances that needed jitter.</summary>
    public int CholeskyRepairs { get; }

    private static Tensor Standardize(Tensor z)
    {
        var centred = z - z.mean([1L], keepdim: true);
        return centred / centred.pow(TorchScalar.Two).mean([1L], keepdim: true).Plus(TorchScalar.BatchVarianceFloor).sqrt();
    }

    private static Tensor Weights(ModelSpec spec, Func<MemberSpec, double> weight) =>
        tensor(spec.Members.Select(weight).ToArray(), dtype: ScalarType.Float64);
}
