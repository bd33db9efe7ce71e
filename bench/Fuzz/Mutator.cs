using System.Text;

namespace DagmmStream.Bench.Fuzz;

/// <summary>Makes bad inputs of good ones: bits, bytes, cuts, repetitions, words that mean something, and parts of other inputs.</summary>
/// <param name="seed">Equal seeds give equal inputs.</param>
internal sealed class Mutator(int seed)
{
    private const int MostChanges = 8;
    private const int MostBytes = 4096;

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "\"", "\n", "\r\n", ",", "{", "}", "[", "]", ":", "null", "true", "NaN", "Infinity", "-0", "1e999", "1e-999",
            "\\u0000", "\\ud800", "features", "time", "key", "backFill", "9223372036854775808", "\uFEFF", "é", "\0", "99999-99-99",
            "--", ".", "\"\"\"",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE], [0xC0, 0x80], [0xFF, 0xFF, 0xFF, 0x7F], [0, 0, 0, 0x80],
    ];

    private readonly Random _random = new(seed);

    /// <summary>The next input.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        var input = new List<byte>(seeds[_random.Next(seeds.Count)]);
        for (var change = _random.Next(MostChanges + 1); change > 0; change--) Change(input, seeds);
        return [.. input.Take(MostBytes)];
    }

    private void Change(List<byte> input, IReadOnlyList<byte[]> seeds)
    {
        var at = _random.Next(input.Count + 1);
        var length = Math.Min(_random.Next(32), input.Count - at);
        switch (_random.Next(7))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.InsertRange(at, input.GetRange(at, length));
                break;
            case 4:
                input.InsertRange(at, Words[_random.Next(Words.Length)]);
                break;
            case 5:
                var other = seeds[_random.Next(seeds.Count)];
                input.InsertRange(at, other.Skip(_random.Next(other.Length)).Take(64));
                break;
            default:
                input.InsertRange(at, Enumerable.Repeat((byte)_random.Next(256), _random.Next(300)));
                break;
        }
    }
}
