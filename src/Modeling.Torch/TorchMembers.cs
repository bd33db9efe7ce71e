using DagmmStream.Modeling.Specification;
using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>
/// The networks of all members as one stack: every weight is a view [M, out, in] of one leaf tensor [M, parameters], so that one backward
/// pass gives one gradient in the order of <see cref="ParameterLayout"/>. Symbols: M members, n rows, d features, L latent, D = L + 2.
/// </summary>
internal sealed class TorchMembers
{
    private readonly ParameterLayout _layout;
    private readonly Tensor _weights;

    /// <summary>Wraps weights.</summary>
    /// <param name="layout">The model.</param>
    /// <param name="weights">Leaf tensor [M, parameters of a member].</param>
    public TorchMembers(ParameterLayout layout, Tensor weights) => (_layout, _weights) = (layout, weights);

    private ModelSpec Spec => _layout.Spec;

    /// <summary>The members' maps of the scaled input.</summary>
    /// <param name="x">Scaled input [n, d].</param>
    /// <returns>[M, n, d].</returns>
    public Tensor MapInput(Tensor x) => stack(Spec.Members.Select(member => member.InputMap switch
    {
        InputMap.Clip => x.clamp(TorchScalar.NegativeClipLimit, TorchScalar.ClipLimit),
        InputMap.Asinh => x.clamp(TorchScalar.NegativeAsinhLimit, TorchScalar.AsinhLimit).asinh(),
        _ => x,
    }));

    /// <summary>Encoder: z_c = MLP(x), plus x P with a skip (Zong et al. 2018, equation 1).</summary>
    public Tensor Encode(Tensor x)
    {
        var code = Layers(x, _layout.Encoder);
        return _layout.SkipOffset < 0 ? code : code.Plus(x.matmul(Block(_layout.SkipOffset, Spec.Features, Spec.Latent)));
    }

    /// <summary>Decoder: x' = MLP(z_c) (equation 2).</summary>
    public Tensor Decode(Tensor code) => Layers(code, _layout.Decoder);

    /// <summary>Estimation network: log memberships by log-softmax (equation 4).</summary>
    /// <param name="z">[M, n, D].</param>
    /// <param name="dropoutMask">Zeros and ones [M, n, width of the last hidden layer], or null.</param>
    public Tensor LogMemberships(Tensor z, Tensor? dropoutMask)
    {
        using Scalar keep = Spec.DropoutKeep;
        var hidden = z;
        for (var i = 0; i < _layout.Estimation.Length; i++)
        {
            hidden = Dense(hidden, _layout.Estimation[i]);
            if (i == _layout.Estimation.Length - 1) break;
            hidden = hidden.tanh();
            if (dropoutMask is not null && i == _layout.Estimation.Length - 2) hidden = hidden.mul(dropoutMask).div(keep);
        }

        return nn.functional.log_softmax(hidden, -1);
    }

    private Tensor Layers(Tensor x, IReadOnlyList<LayerShape> layers)
    {
        for (var i = 0; i < layers.Count; i++)
        {
            x = Dense(x, layers[i]);
            if (i < layers.Count - 1) x = Activate(x);
        }

        return x;
    }

    private Tensor Dense(Tensor x, LayerShape layer)
    {
        var weight = Block(layer.WeightOffset, layer.Outputs, layer.Inputs);
        return x.matmul(weight.transpose(1, 2)).Plus(Block(layer.BiasOffset, 1, layer.Outputs));
    }

    private Tensor Block(int offset, int rows, int columns) =>
        _weights.narrow(1, offset, (long)rows * columns).reshape(Spec.Members.Length, rows, columns);

    private Tensor Activate(Tensor x)
    {
        var leaky = Spec.Members.Select(member => member.Activation == Activation.LeakyRelu).ToArray();
        if (!leaky.Contains(true)) return x.tanh();
        var rectified = x.leaky_relu(TorchScalar.LeakySlope);
        if (!leaky.Contains(false)) return rectified;
        using var isLeaky = tensor(leaky).reshape(leaky.Length, 1, 1);
        return where(isLeaky, rectified, x.tanh());
    }
}
