namespace DagmmStream.Modeling.Specification;

/// <summary>One weight matrix or bias vector inside a member's flat parameters.</summary>
/// <param name="Name">Name as in the golden vectors: "enc.0.w", "enc.0.b", "dec.1.w", "est.0.b", and "skip" for P.</param>
/// <param name="Offset">Offset from the member's first parameter, in values.</param>
/// <param name="Rows">Rows: outputs of a weight matrix; 1 for a bias; d for the skip.</param>
/// <param name="Columns">Columns: inputs of a weight matrix; outputs of a bias; L for the skip.</param>
public readonly record struct ParameterBlock(string Name, int Offset, int Rows, int Columns)
{
    /// <summary>Number of values.</summary>
    public int Length => Rows * Columns;
}
