using System.Buffers.Binary;
using System.Numerics;

namespace DagmmStream.Modeling.Checkpoints;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4) over several spans, one after the other.</summary>
internal static class Crc32C
{
    private const uint Initial = uint.MaxValue;

    public static uint Of(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => ~Append(Append(Initial, first), second);

    private static uint Append(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
