namespace DagmmStream.Bench.Fuzz;

/// <summary>A decoder under attack.</summary>
internal interface IFuzzedDecoder
{
    string Name { get; }

    /// <summary>Good inputs, from which bad ones are made.</summary>
    IReadOnlyList<byte[]> Seeds { get; }

    /// <summary>Reads an input; throws only what no input may cause.</summary>
    Outcome Read(byte[] input);
}
