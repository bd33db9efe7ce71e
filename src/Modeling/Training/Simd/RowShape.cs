namespace DagmmStream.Modeling.Training.Simd;

/// <summary>How the rows of a minibatch lie in a column.</summary>
internal readonly record struct RowShape
{
    /// <summary>Values of 32 bits in the vectors used, and the multiple to which rows are padded.</summary>
    public const int Lanes = 16;

    // Columns a multiple of 1 KiB apart compete for the same few cache sets.
    private const int Alias = 256;

    /// <summary>The shape of a minibatch.</summary>
    /// <param name="rows">Rows.</param>
    public RowShape(int rows)
    {
        Rows = rows;
        Padded = (rows + Lanes - 1) / Lanes * Lanes;
        Stride = Padded % Alias == 0 ? Padded + Lanes : Padded;
    }

    private RowShape(int rows, int stride) => (Rows, Padded, Stride) = (rows, rows, stride);

    /// <summary>Rows at the start of longer columns.</summary>
    /// <param name="rows">Rows, a multiple of <see cref="Lanes"/>.</param>
    /// <param name="stride">Values from one column to the next.</param>
    public static RowShape Within(int rows, int stride) => new(rows, stride);

    /// <summary>Rows of the minibatch.</summary>
    public int Rows { get; }

    /// <summary>Rows computed: a multiple of <see cref="Lanes"/>.</summary>
    public int Padded { get; }

    /// <summary>Values from one column to the next.</summary>
    public int Stride { get; }

    /// <summary>Fills the padding rows of a column.</summary>
    public unsafe void FillPadding(double* column, double value) => new Span<double>(column + Rows, Padded - Rows).Fill(value);

    /// <summary>Sets the padding rows of a column to 0.</summary>
    public unsafe void ClearPadding(double* column) => new Span<double>(column + Rows, Padded - Rows).Clear();
}
