namespace DagmmStream.Grains.Inputs;

/// <summary>What an encoder has met since the stream began; part of its state.</summary>
/// <param name="Imputed">Events with a missing value.</param>
/// <param name="Late">Late events.</param>
/// <param name="Unseen">Events with a new category.</param>
internal readonly record struct InputTallies(long Imputed, long Late, long Unseen);
