using TorchSharp;
using static TorchSharp.torch;

namespace DagmmStream.Modeling.Torch;

/// <summary>
/// Constants of the tensor expressions. TorchSharp turns a number in an expression into a <see cref="Scalar"/> that nobody holds: its
/// finaliser may free the native value while libtorch still reads it (the step then dies, or takes another number for it). Constants are
/// therefore held here for ever, and a value that depends on the model by a <c>using</c> around the call.
/// </summary>
internal static class TorchScalar
{
    /// <summary>0.</summary>
    public static readonly Scalar Zero = 0.0;

    /// <summary>1.</summary>
    public static readonly Scalar One = 1.0;

    /// <summary>2: TorchSharp's own square() makes a number that nobody holds.</summary>
    public static readonly Scalar Two = 2.0;

    /// <summary>One half.</summary>
    public static readonly Scalar Half = 0.5;

    /// <summary>Slope of the leaky rectifier below 0.</summary>
    public static readonly Scalar LeakySlope = 0.1;

    /// <summary>Largest input behind <see cref="Specification.InputMap.Clip"/>.</summary>
    public static readonly Scalar ClipLimit = 10.0;

    /// <summary>Smallest input behind <see cref="Specification.InputMap.Clip"/>.</summary>
    public static readonly Scalar NegativeClipLimit = -10.0;

    /// <summary>Largest input before <see cref="Specification.InputMap.Asinh"/>.</summary>
    public static readonly Scalar AsinhLimit = 1e6;

    /// <summary>Smallest input before <see cref="Specification.InputMap.Asinh"/>.</summary>
    public static readonly Scalar NegativeAsinhLimit = -1e6;

    /// <summary>Rows of the pooled mean that every component gets beside its own.</summary>
    public static readonly Scalar PseudoCount = 0.01;

    /// <summary>Smallest pooled variance.</summary>
    public static readonly Scalar VarianceFloor = 1e-10;

    /// <summary>Share of the pooled variance added to every covariance.</summary>
    public static readonly Scalar Ridge = 1e-4;

    /// <summary>Keeps the scale of a covariance of zeros above 0.</summary>
    public static readonly Scalar SmallestScale = double.Epsilon;

    /// <summary>Added to a minibatch's variance of z before the root.</summary>
    public static readonly Scalar BatchVarianceFloor = 1e-6;

    /// <summary>Added to what a logarithm is taken of.</summary>
    public static readonly Scalar LogFloor = 1e-3;

    /// <summary>Added to squares before a root.</summary>
    public static readonly Scalar SquareFloor = 1e-8;

    /// <summary>Sum; TorchSharp's own operator and add() make the factor 1 of the second term, which nobody holds.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>Sum with a number.</summary>
    public static Tensor Plus(this Tensor left, Scalar right)
    {
        var sum = left.add(right, One);
        GC.KeepAlive(right);
        return sum;
    }

    /// <summary>1 - x.</summary>
    public static Tensor OneMinus(this Tensor x) => x.neg().Plus(One);
}
