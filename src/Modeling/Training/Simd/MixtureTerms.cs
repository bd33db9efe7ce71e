namespace DagmmStream.Modeling.Training.Simd;

/// <summary>The parameters of a minibatch's mixture, or the gradient by them.</summary>
internal sealed unsafe class MixtureTerms
{
    private int _dimension;

    /// <summary>Logarithms of the shares [K].</summary>
    public double* LogShares { get; private set; }

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, int components, int dimension)
    {
        _dimension = dimension;
        LogShares = arena.Doubles(components);
        _means = arena.Doubles((long)components * dimension);
        _covariances = arena.Doubles((long)components * dimension * dimension);
    }

    /// <summary>Mean of a component [D].</summary>
    public double* Mean(int component) => _means + (component * _dimension);

    /// <summary>Covariance of a component [D, D]; gradients are symmetric.</summary>
    public double* Covariance(int component) => _covariances + (component * _dimension * _dimension);

    private double* _means;
    private double* _covariances;
}
