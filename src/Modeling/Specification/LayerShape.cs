namespace DagmmStream.Modeling.Specification;

/// <summary>One dense layer y = W x + b inside a member's flat parameters.</summary>
/// <param name="Inputs">Columns of W.</param>
/// <param name="Outputs">Rows of W, and length of b.</param>
/// <param name="WeightOffset">Offset of W [outputs, inputs], row-major, from the member's first parameter.</param>
/// <param name="BiasOffset">Offset of b [outputs] from the member's first parameter.</param>
public readonly record struct LayerShape(int Inputs, int Outputs, int WeightOffset, int BiasOffset);
