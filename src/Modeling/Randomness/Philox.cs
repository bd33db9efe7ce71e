using System.Runtime.Intrinsics;

namespace DagmmStream.Modeling.Randomness;

/// <summary>
/// The bijection Philox4x32 with ten rounds: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
/// </summary>
internal static class Philox
{
    private const uint Multiplier0 = 0xD2511F53;
    private const uint Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9;
    private const uint Weyl1 = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>Words that <see cref="Blocks"/> gives.</summary>
    public const int BlocksLength = 32;

    /// <summary>Four random words of one counter under one key.</summary>
    public static (uint W0, uint W1, uint W2, uint W3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var product0 = (ulong)Multiplier0 * c0;
            var product1 = (ulong)Multiplier1 * c2;
            c0 = (uint)(product1 >> 32) ^ c1 ^ k0;
            c1 = (uint)product1;
            c2 = (uint)(product0 >> 32) ^ c3 ^ k1;
            c3 = (uint)product0;
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// The words of eight counters c0, c0 + 1, … under one key, as eight calls of <see cref="Block"/> would give them.
    /// </summary>
    public static void Blocks(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, Span<uint> words)
    {
        // 32-bit words in lanes of 64 bits, where their product has room.
        var low = Vector512.Create((ulong)uint.MaxValue);
        var (multiplier0, multiplier1) = (Vector512.Create((ulong)Multiplier0), Vector512.Create((ulong)Multiplier1));
        var w0 = (Vector512.Create((ulong)c0) + Vector512<ulong>.Indices) & low;
        var (w1, w2, w3) = (Vector512.Create((ulong)c1), Vector512.Create((ulong)c2), Vector512.Create((ulong)c3));
        for (var round = 0; round < Rounds; round++)
        {
            var (product0, product1) = (multiplier0 * w0, multiplier1 * w2);
            w0 = (product1 >> 32) ^ w1 ^ Vector512.Create((ulong)k0);
            w1 = product1 & low;
            w2 = (product0 >> 32) ^ w3 ^ Vector512.Create((ulong)k1);
            w3 = product0 & low;
            k0 = unchecked(k0 + Weyl0);
            k1 = unchecked(k1 + Weyl1);
        }

        for (var i = 0; i < Vector512<ulong>.Count; i++)
        {
            words[(4 * i) + 3] = (uint)w3[i];
            words[(4 * i) + 2] = (uint)w2[i];
            words[(4 * i) + 1] = (uint)w1[i];
            words[4 * i] = (uint)w0[i];
        }
    }
}
