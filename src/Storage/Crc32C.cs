using System.Buffers.Binary;
using System.Numerics;

namespace DagmmStream.Storage;

/// <summary>CRC-32C (Castagnoli, RFC 3720), as the processor computes it.</summary>
internal static class Crc32C
{
    /// <summary>Start value; the result is the complement of the last value.</summary>
    public const uint Seed = uint.MaxValue;

    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var value in data) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }

    public static uint Append(uint crc, long value) => BitOperations.Crc32C(crc, (ulong)value);
}
