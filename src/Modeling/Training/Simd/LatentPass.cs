using System.Runtime.CompilerServices;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Standardisation of z by the minibatch's mean and deviation sqrt(population variance + 1e-6), and its gradient through both.
/// </summary>
internal sealed unsafe class LatentPass
{
    private double* _scales;
    private int _dimension;
    private RowShape _rows;

    /// <summary>Cuts the buffers.</summary>
    public void Cut(Arena arena, int dimension, RowShape rows)
    {
        (_dimension, _rows) = (dimension, rows);
        _scales = arena.Doubles(dimension);
    }

    /// <summary>Standardises z in place; padding rows become 0.</summary>
    /// <param name="z">Columns [D, stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(double* z)
    {
        for (var j = 0; j < _dimension; j++, z += _rows.Stride)
        {
            _rows.ClearPadding(z);
            var mean = ColumnKernel.Sum(z, _rows.Padded) / _rows.Rows;
            ColumnKernel.Shift(z, mean, 1, z, _rows.Padded);
            _rows.ClearPadding(z);
            var variance = ColumnKernel.Dot(z, z, _rows.Padded) / _rows.Rows;
            _scales[j] = 1 / Math.Sqrt(variance + ManagedObjective.BatchVarianceFloor);
            ColumnKernel.Shift(z, 0, _scales[j], z, _rows.Padded);
        }
    }

    /// <summary>Gradient by z before standardisation, (g - mean(g) - z mean(g z)) / deviation, in place; padding rows stay 0.</summary>
    /// <param name="z">Standardised z.</param>
    /// <param name="gradient">Gradient by standardised z, 0 in padding rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(double* z, double* gradient)
    {
        for (var j = 0; j < _dimension; j++, z += _rows.Stride, gradient += _rows.Stride)
        {
            var mean = ColumnKernel.Sum(gradient, _rows.Padded) / _rows.Rows;
            var slope = ColumnKernel.Dot(gradient, z, _rows.Padded) / _rows.Rows;
            ColumnKernel.AddScaled(gradient, -slope, z, _rows.Padded);
            ColumnKernel.Shift(gradient, mean, _scales[j], gradient, _rows.Padded);
            _rows.ClearPadding(gradient);
        }
    }
}
