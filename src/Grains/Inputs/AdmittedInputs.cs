namespace DagmmStream.Grains.Inputs;

/// <summary>The features of a batch at admission.</summary>
/// <param name="Rows">What the model is given [n, d'], 32-bit little-endian floats.</param>
/// <param name="Flags">What is to be known about each event; empty for nothing.</param>
/// <param name="Journaled">What journal and training get: the features as they came.</param>
internal readonly record struct AdmittedInputs(ReadOnlyMemory<byte> Rows, EventFlags[] Flags, ReadOnlyMemory<byte> Journaled);
