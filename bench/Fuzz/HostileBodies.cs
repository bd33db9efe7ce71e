using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Bench.Fuzz;

/// <summary>Bodies that nobody would send: good ones with a few changes, and tokens of the formats in any order.</summary>
internal static class HostileBodies
{
    private const int MostBytes = 4096;

    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\"", "\"\"", "\n", "\r\n", "\r", ",", ";", "{", "}", "[", "]", ":", " ", "null", "true", "false", "NaN",
            "Infinity", "-Infinity", "-0", "1e999", "-1e999", "1e-999", "0x1F", "1,5", "1_000", "+1", ".5", "1.", "00012",
            "time", "features", "key", "backFill", "a", "b", "c", "\"features\":", "{\"features\":[1,0,3]}",
            "{\"features\":{\"a\":1,\"a\":2,\"b\":0,\"c\":3}}", "{\"features\":[[[[[[[[", "\"time\":1e300",
            "\"time\":\"2026-13-01\"", "\\u0000", "\\ud800", "\\", "9223372036854775807", "9223372036854775808",
            "-9223372036854775808", "99999999999999999999", "2026-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999+14:00",
            "\uFEFF", "é", "日", "😀", "\0", "\t", "\v", "time,a,b,c\n", "a,b,c,key,backFill\n", "a,a,b,c\n", "1,0,3\n", "1,2\n",
            ",,,,\n", "\"a\nb\",1,2\n", "mill", "press",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xFF, 0xFE], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE6, 0x97], [0x1F, 0x8B, 8, 0],
    ];

    private static readonly Gen<byte[]> Token = Gen.Frequency(
        (12, Gen.Elements(Tokens)),
        (2, Gen.Choose(0, 255).Select(value => new[] { (byte)value })),
        (1, from value in Gen.Choose(0, 255) from length in Gen.Choose(1, 300) select Enumerable.Repeat((byte)value, length).ToArray()));

    // Where, as a share of the body; how many bytes go; what comes.
    private static readonly Gen<Change> OneChange =
        from at in Gen.Choose(0, 10_000)
        from removed in Gen.Frequency((2, Gen.Constant(0)), (2, Gen.Choose(1, 8)), (1, Gen.Choose(1, 400)))
        from added in Gen.Frequency((1, Gen.Constant(Array.Empty<byte>())), (3, Token))
        select new Change(at, removed, added);

    /// <summary>Bodies of a format.</summary>
    public static Arbitrary<byte[]> Of(BodyFormat format)
    {
        var changed =
            from body in WrittenBody.Generator(format)
            from count in Gen.Choose(0, 4)
            from changes in OneChange.ListOf(count)
            select changes.Aggregate(body.ToBytes(), (bytes, change) => change.Apply(bytes));
        var tokens = Token.ListOf().Select(list => list.SelectMany(token => token).ToArray());
        return Arb.From(
            Gen.Frequency((3, changed), (1, tokens)).Select(body => body.Length > MostBytes ? body[..MostBytes] : body), Shrink);
    }

    /// <summary>Without a part, the largest parts first.</summary>
    private static IEnumerable<byte[]> Shrink(byte[] body)
    {
        for (var part = body.Length; part >= 1; part /= 2)
            for (var at = 0; at + part <= body.Length; at += part) yield return [.. body[..at], .. body[(at + part)..]];
    }

    private sealed record Change(int At, int Removed, byte[] Added)
    {
        public byte[] Apply(byte[] body)
        {
            var at = (int)((long)At * body.Length / 10_000);
            return [.. body[..at], .. Added, .. body[Math.Min(body.Length, at + Removed)..]];
        }
    }
}
