using DagmmStream.Modeling.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Bench.Peers;

/// <summary>Scoring in TorchSharp as one would write it: linear layers, no gradients, a scope per call.</summary>
internal sealed class TorchScorePeer
{
    private readonly ScoreModel _model;
    private readonly (Tensor Weight, Tensor Bias)[] _encoder;
    private readonly (Tensor Weight, Tensor Bias)[] _decoder;
    private readonly Tensor _whitening;
    private readonly Tensor _offset;
    private readonly Tensor _normalizers;
    private readonly Dictionary<int, Tensor> _inputs = [];
    private readonly Scalar _floor;
    private readonly Scalar _half = -0.5;

    public TorchScorePeer(ScoreModel model)
    {
        (_model, _floor) = (model, model.Spec.NormEpsilon);
        (_encoder, _decoder) = (Load(model.Layout.Encoder), Load(model.Layout.Decoder));
        var (k, d) = (model.Spec.Components, model.Spec.LatentDimension);
        _whitening = tensor(model.Whitening, d, k * d).clone();
        (_offset, _normalizers) = (tensor(model.Offset).clone(), tensor(model.Normalizers).clone());
    }

    public float[] Score(int rows)
    {
        if (!_inputs.TryGetValue(rows, out var x))
            x = _inputs[rows] = tensor(_model.Scaled[..(rows * _model.Spec.Features)], rows, _model.Spec.Features).clone();
        using var scope = NewDisposeScope();
        using var off = no_grad();
        var code = Forward(x, _encoder);
        var output = Forward(code, _decoder);
        var inputNorm = linalg.vector_norm(x, 2, [-1L]).clamp_min(_floor);
        var outputNorm = linalg.vector_norm(output, 2, [-1L]).clamp_min(_floor);
        var distance = linalg.vector_norm(x - output, 2, [-1L]) / inputNorm;
        var cosine = (x * output).sum(-1L) / (inputNorm * outputNorm);
        var z = cat([code, distance.unsqueeze(-1), cosine.unsqueeze(-1)], -1);
        var whitened = addmm(_offset, z, _whitening, 1, 1).reshape(rows, _model.Spec.Components, _model.Spec.LatentDimension);
        var joint = ((whitened * whitened).sum(2L) * _half) + _normalizers;
        return joint.logsumexp(1).neg().data<float>().ToArray();
    }

    private static Tensor Forward(Tensor x, (Tensor Weight, Tensor Bias)[] layers)
    {
        for (var i = 0; i < layers.Length; i++)
        {
            x = nn.functional.linear(x, layers[i].Weight, layers[i].Bias);
            if (i < layers.Length - 1) x = x.tanh();
        }

        return x;
    }

    private (Tensor Weight, Tensor Bias)[] Load(IEnumerable<LayerShape> layers) =>
        [.. layers.Select(layer => (
            tensor(_model.Weight(layer), layer.Outputs, layer.Inputs).clone(), tensor(_model.Bias(layer)).clone()))];
}
