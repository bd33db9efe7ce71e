using System.Text.Json;
using DagmmStream.Modeling.Specification;

namespace DagmmStream.Modeling.Conformance;

/// <summary>
/// One golden vector: a network, a minibatch and what the paper's equations give for them in float64, computed elsewhere.
/// Evaluators are measured against it by <see cref="GoldenCheck"/>.
/// </summary>
public sealed record GoldenCase
{
    /// <summary>Name of the case.</summary>
    public required string Name { get; init; }

    /// <summary>A Paper model with one member, of the case's shapes and configuration.</summary>
    public required ModelSpec Spec { get; init; }

    /// <summary>Input [rows, d], row-major.</summary>
    public required double[] Batch { get; init; }

    /// <summary>Rows of the minibatch.</summary>
    public required int Rows { get; init; }

    /// <summary>Zeros and ones [rows, last estimation hidden width]; empty without dropout.</summary>
    public required double[] DropoutMask { get; init; }

    /// <summary>Weights in the order of <see cref="ParameterLayout"/>.</summary>
    public required double[] Weights { get; init; }

    /// <summary>Gradient of J in the order of <see cref="ParameterLayout"/>.</summary>
    public required double[] Gradient { get; init; }

    /// <summary>What the equations give in float64.</summary>
    public required GoldenExpectation Expected { get; init; }

    /// <summary>J of the same network computed in float32 by the reference: tells how much of J is rounding noise.</summary>
    public required double SingleObjective { get; init; }

    /// <summary>Energies of the same network computed in float32 by the reference [rows].</summary>
    public required double[] SingleEnergies { get; init; }

    /// <summary>Largest error of the reference's own float32 gradient, as a share of the largest gradient.</summary>
    public required double SingleGradientError { get; init; }

    /// <summary>Reads a case.</summary>
    /// <param name="path">Path of a JSON file of the golden format.</param>
    /// <returns>The case.</returns>
    /// <exception cref="InvalidDataException">The file is not a case: a shape does not fit, or a key is missing.</exception>
    public static GoldenCase Load(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return GoldenReader.Read(document.RootElement, Path.GetFileNameWithoutExtension(path));
    }

    /// <summary>True for files with a network; the two files of frozen mixtures and shards have keys of their own.</summary>
    /// <param name="path">Path of a JSON file of the golden format.</param>
    /// <returns>True if <see cref="Load"/> can read it.</returns>
    public static bool IsNetworkCase(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.TryGetProperty("weights", out _);
    }
}
