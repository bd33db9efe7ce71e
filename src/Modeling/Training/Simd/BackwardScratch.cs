namespace DagmmStream.Modeling.Training.Simd;

/// <summary>What a backward pass needs beside its layers.</summary>
/// <param name="left">Scratch [widest layer, stride].</param>
/// <param name="right">Scratch [widest layer, stride].</param>
/// <param name="keep">Dropout factors of the last hidden layer, or null.</param>
/// <param name="kept">That layer's outputs after dropout; read only with factors.</param>
internal readonly unsafe struct BackwardScratch(float* left, float* right, float* keep, float* kept)
{
    public float* Left { get; } = left;

    public float* Right { get; } = right;

    public float* Keep { get; } = keep;

    public float* Kept { get; } = kept;
}
