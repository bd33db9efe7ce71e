namespace DagmmStream.Bench.Fuzz;

/// <summary>What an input came to.</summary>
internal readonly record struct DecodeResult(int Events, int Rejections, bool IsRefused);
