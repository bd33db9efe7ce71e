using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Bench.Fuzz;

/// <summary>An event of the stream of numbers, as a caller may write it.</summary>
internal sealed record WrittenEvent(float A, float B, float C, long? Time, string? Key, bool IsBackFill)
{
    private static readonly float[] Edges =
        [0, -0f, 1, -1, 0.1f, float.MaxValue, float.MinValue, float.Epsilon, 1.17549435e-38f, 16777217, 1e-10f, 3.4e38f];

    private static readonly string[] KeyParts =
        ["a", "Z", "7", " ", "\"", ",", "\n", "\r\n", "\\", "é", "日", "😀", "\t", ";", "{", "'", "null"];

    /// <summary>Any finite number, those at the edges often.</summary>
    public static Gen<float> Number { get; } = Gen.Frequency(
        (1, Gen.Elements(Edges)), (1, Gen.Choose(-1000, 1000).Select(i => i / 8f)),
        (2, Gen.Choose(int.MinValue, int.MaxValue).Select(BitConverter.Int32BitsToSingle).Where(float.IsFinite)));

    /// <summary>An event that every decoder must take as it is.</summary>
    public static Gen<WrittenEvent> Any { get; } =
        from a in Number
        from b in Number
        from c in Number
        from time in Gen.Frequency((1, Gen.Constant<long?>(null)), (2, Gen.Choose(0, int.MaxValue).Select(t => (long?)t * 1_000_000)))
        from parts in Gen.Elements(KeyParts).ListOf()
        from isBackFill in Gen.Elements(true, false)
        let key = string.Concat(parts.Take(6))
        select new WrittenEvent(a, b, c, time, key.Length == 0 ? null : key, isBackFill);
}
