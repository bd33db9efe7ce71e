using System.IO.Hashing;
using System.Text;

namespace DagmmStream.Client.Producing;

/// <summary>
/// Chooses an event's partition. The rule is part of the wire contract: every client must send a key to the same partition.
/// </summary>
internal static class KeyRouter
{
    private const int StackBytes = 512;

    /// <summary>XxHash3 (64 bits, seed 0) of the key's UTF-8 bytes, modulo the number of partitions.</summary>
    /// <param name="key">The key.</param>
    /// <param name="partitions">Number of partitions.</param>
    /// <returns>0 to <paramref name="partitions"/> - 1.</returns>
    public static int Partition(string key, int partitions)
    {
        if (partitions == 1) return 0;
        var most = Encoding.UTF8.GetMaxByteCount(key.Length);
        Span<byte> bytes = most <= StackBytes ? stackalloc byte[StackBytes] : new byte[most];
        var written = Encoding.UTF8.GetBytes(key, bytes);
        return (int)(XxHash3.HashToUInt64(bytes[..written]) % (ulong)partitions);
    }
}
