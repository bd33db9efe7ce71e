using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>Forward and backward pass of a multilayer perceptron over columns; keeps each layer's outputs for the way back.</summary>
internal sealed unsafe class LayerStack
{
    private float*[] _outputs = [];
    private ImmutableArray<LayerShape> _layers = [];
    private RowShape _rows;

    /// <summary>Cuts the buffers: outputs of every layer but the last.</summary>
    public void Cut(Arena arena, ImmutableArray<LayerShape> layers, RowShape rows)
    {
        (_layers, _rows) = (layers, rows);
        if (_outputs.Length < layers.Length) _outputs = new float*[layers.Length];
        for (var i = 0; i + 1 < layers.Length; i++) _outputs[i] = arena.Floats((long)layers[i].Outputs * rows.Stride);
    }

    /// <summary>Computes the outputs.</summary>
    /// <param name="weights">The member's weights.</param>
    /// <param name="input">Columns [inputs, stride].</param>
    /// <param name="output">Receives the last layer's outputs, without activation.</param>
    /// <param name="activation">Nonlinearity after every layer but the last.</param>
    /// <param name="keep">Factors of the last hidden layer's outputs (0 or 1/keep), or null.</param>
    /// <param name="kept">Receives the last hidden layer's outputs times <paramref name="keep"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Forward(float* weights, float* input, float* output, Activation activation, float* keep, float* kept)
    {
        for (var i = 0; i < _layers.Length; i++)
        {
            var layer = _layers[i];
            var isLast = i == _layers.Length - 1;
            var to = isLast ? output : _outputs[i];
            var matrix = Matrix.ByOutputs(weights + layer.WeightOffset, layer.Outputs, layer.Inputs);
            DenseKernel.Multiply(matrix, weights + layer.BiasOffset, input, to, _rows, accumulate: false);
            if (!isLast) ActivationKernel.Apply(to, layer.Outputs * _rows.Stride, activation);
            if (keep != null && i == _layers.Length - 2)
            {
                ActivationKernel.Scale(to, keep, kept, layer.Outputs * _rows.Stride);
                to = kept;
            }

            input = to;
        }
    }

    /// <summary>
    /// Computes the gradients of weights, biases and, if wanted, inputs; padding rows of the output's gradient must be 0.
    /// </summary>
    /// <param name="weights">The member's weights.</param>
    /// <param name="gradient">Receives the layers' gradients, in the order of the weights.</param>
    /// <param name="input">As in the forward pass.</param>
    /// <param name="outputGradient">Gradient of the last layer's outputs.</param>
    /// <param name="inputGradient">Receives the gradient of the inputs; null if not wanted.</param>
    /// <param name="activation">As in the forward pass.</param>
    /// <param name="scratch">Factors and outputs of the forward pass, and two scratch columns as wide as the widest layer.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Backward(
        float* weights, float* gradient, float* input, float* outputGradient, float* inputGradient, Activation activation,
        in BackwardScratch scratch)
    {
        var (free, other) = ((nint)scratch.Left, (nint)scratch.Right);
        for (var i = _layers.Length - 1; i >= 0; i--)
        {
            var layer = _layers[i];
            var isDropped = scratch.Keep != null && i == _layers.Length - 1 && i > 0;
            var from = i == 0 ? input : isDropped ? scratch.Kept : _outputs[i - 1];
            DenseKernel.Outer(
                Matrix.ByOutputs(gradient + layer.WeightOffset, layer.Outputs, layer.Inputs), outputGradient, from, _rows);
            DenseKernel.Sum(outputGradient, layer.Outputs, gradient + layer.BiasOffset, _rows);
            var to = i == 0 ? inputGradient : (float*)free;
            if (to == null) return;
            var transposed = Matrix.ByOutputs(weights + layer.WeightOffset, layer.Outputs, layer.Inputs).Transposed;
            DenseKernel.Multiply(transposed, null, outputGradient, to, _rows, accumulate: false);
            if (i == 0) return;
            if (isDropped) ActivationKernel.Scale(to, scratch.Keep, to, layer.Inputs * _rows.Stride);
            ActivationKernel.Backward(to, _outputs[i - 1], layer.Inputs * _rows.Stride, activation);
            outputGradient = to;
            (free, other) = (other, free);
        }
    }
}
