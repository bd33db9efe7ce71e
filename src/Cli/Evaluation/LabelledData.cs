namespace DagmmStream.Cli.Evaluation;

/// <summary>Rows with labels.</summary>
/// <param name="Name">Name of the set.</param>
/// <param name="Features">Features d of a row.</param>
/// <param name="Rows">Rows [n, d], row-major.</param>
/// <param name="Anomalies">True where the row is an anomaly [n].</param>
/// <param name="FlaggedShare">Share of the test rows that is flagged.</param>
internal sealed record LabelledData(string Name, int Features, float[] Rows, bool[] Anomalies, double FlaggedShare)
{
    public int Count => Anomalies.Length;

    /// <summary>The rows of some indices, as a matrix.</summary>
    public float[] Select(IReadOnlyList<int> indices)
    {
        var selected = new float[indices.Count * Features];
        for (var i = 0; i < indices.Count; i++) Rows.AsSpan(indices[i] * Features, Features).CopyTo(selected.AsSpan(i * Features));
        return selected;
    }
}
