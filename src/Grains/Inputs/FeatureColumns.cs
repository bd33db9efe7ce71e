namespace DagmmStream.Grains.Inputs;

/// <summary>The columns of one feature in the model's input.</summary>
/// <param name="Name">Name of the feature.</param>
/// <param name="Type">What it is.</param>
/// <param name="Start">Its first column.</param>
/// <param name="Width">Columns of the newest value.</param>
/// <param name="Lagged">Its place among the lagged columns; -1 if it is not lagged.</param>
internal sealed record FeatureColumns(string Name, FeatureType Type, int Start, int Width, int Lagged);
