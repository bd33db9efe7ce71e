namespace DagmmStream.Modeling.Training.Simd;

/// <summary>A matrix [outputs, inputs] somewhere in a member's parameters or gradient; either index may be the inner one.</summary>
/// <param name="Start">Element [0, 0].</param>
/// <param name="Outputs">Outputs.</param>
/// <param name="Inputs">Inputs.</param>
/// <param name="OutputStride">Distance from one output to the next.</param>
/// <param name="InputStride">Distance from one input to the next.</param>
internal readonly unsafe record struct Matrix(nint Start, int Outputs, int Inputs, int OutputStride, int InputStride)
{
    /// <summary>The same values, outputs and inputs swapped.</summary>
    public Matrix Transposed => new(Start, Inputs, Outputs, InputStride, OutputStride);

    /// <summary>Address of element [o, i].</summary>
    public float* At(int o, int i) => (float*)Start + (o * OutputStride) + (i * InputStride);

    /// <summary>A matrix stored by outputs.</summary>
    public static Matrix ByOutputs(float* start, int outputs, int inputs) => new((nint)start, outputs, inputs, inputs, 1);

    /// <summary>A matrix stored by inputs.</summary>
    public static Matrix ByInputs(float* start, int outputs, int inputs) => new((nint)start, outputs, inputs, 1, outputs);
}
