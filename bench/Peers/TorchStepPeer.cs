using DagmmStream.Modeling.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Bench.Peers;

/// <summary>
/// A training step of the published DAGMM in TorchSharp as one would write it: modules, autograd, torch.optim.Adam; networks in float,
/// mixture in double. Numbers are held, so that TorchSharp's finalisers cannot free them within a call.
/// </summary>
internal sealed class TorchStepPeer
{
    private static readonly Scalar One = 1.0;
    private readonly ModelSpec _spec;
    private readonly nn.Module<Tensor, Tensor> _encoder;
    private readonly nn.Module<Tensor, Tensor> _decoder;
    private readonly nn.Module<Tensor, Tensor> _estimation;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _batch;
    private readonly Scalar _floor;
    private readonly Scalar _epsilon;
    private readonly Scalar _half = 0.5;
    private readonly Scalar _energyWeight = 0.1;
    private readonly Scalar _penaltyWeight = 0.005;
    private readonly Scalar _logRows;
    private readonly Scalar _constant;

    public TorchStepPeer(ModelSpec spec, float[] batch, int rows)
    {
        (_spec, _batch) = (spec, tensor(batch, rows, spec.Features).clone());
        (_floor, _epsilon, _logRows) = (spec.NormEpsilon, spec.CovarianceEpsilon, Math.Log(rows));
        _constant = 0.5 * spec.LatentDimension * Math.Log(2 * Math.PI);
        _encoder = Stack([spec.Features, .. spec.EncoderHidden, spec.Latent], 0);
        _decoder = Stack([spec.Latent, .. spec.EncoderHidden.Reverse(), spec.Features], 0);
        _estimation = Stack([spec.LatentDimension, .. spec.EstimationHidden, spec.Components], 1 - spec.DropoutKeep);
        var parameters = _encoder.parameters().Concat(_decoder.parameters()).Concat(_estimation.parameters());
        _optimizer = optim.Adam(parameters, 1e-4);
    }

    public void Step()
    {
        using var scope = NewDisposeScope();
        _optimizer.zero_grad();
        var code = _encoder.forward(_batch);
        var output = _decoder.forward(code);
        var difference = _batch - output;
        var inputNorm = linalg.vector_norm(_batch, 2, [-1L]).clamp_min(_floor);
        var outputNorm = linalg.vector_norm(output, 2, [-1L]).clamp_min(_floor);
        var distance = linalg.vector_norm(difference, 2, [-1L]) / inputNorm;
        var cosine = (_batch * output).sum(-1L) / (inputNorm * outputNorm);
        var z = cat([code, distance.unsqueeze(-1), cosine.unsqueeze(-1)], -1);
        var memberships = nn.functional.log_softmax(_estimation.forward(z), -1).to(ScalarType.Float64);
        var reconstruction = (difference * difference).sum(-1L).mean().to(ScalarType.Float64);
        var loss = reconstruction.add(Mixture(z.to(ScalarType.Float64), memberships), One);
        loss.backward();
        _optimizer.step();
    }

    private Tensor Mixture(Tensor z, Tensor logMemberships)
    {
        var logCounts = logMemberships.logsumexp(0);
        var weights = (logMemberships - logCounts).exp().transpose(0, 1);
        var means = weights.matmul(z);
        var deviations = z.unsqueeze(0) - means.unsqueeze(1);
        var scatter = (deviations * weights.unsqueeze(-1)).transpose(-1, -2).matmul(deviations);
        var covariances = scatter.add(eye(_spec.LatentDimension, dtype: ScalarType.Float64) * _epsilon, One);
        var factors = linalg.cholesky_ex(covariances).L;
        var whitened = linalg.solve_triangular(factors, deviations.transpose(-1, -2), upper: false);
        var constants = logCounts - _logRows - factors.diagonal(0, -2, -1).log().sum(-1L) - _constant;
        var joint = constants.unsqueeze(-1) - ((whitened * whitened).sum(1L) * _half);
        var penalty = covariances.diagonal(0, -2, -1).reciprocal().sum();
        return (joint.logsumexp(0).mean().neg() * _energyWeight).add(penalty * _penaltyWeight, One);
    }

    private static nn.Module<Tensor, Tensor> Stack(int[] widths, double dropout)
    {
        var modules = new List<nn.Module<Tensor, Tensor>>();
        for (var i = 0; i + 1 < widths.Length; i++)
        {
            modules.Add(nn.Linear(widths[i], widths[i + 1]));
            if (i + 2 < widths.Length) modules.Add(nn.Tanh());
            if (dropout > 0 && i + 3 == widths.Length) modules.Add(nn.Dropout(dropout));
        }

        return nn.Sequential(modules);
    }
}
