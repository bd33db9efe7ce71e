using System.Buffers.Binary;

namespace DagmmStream;

/// <summary>
/// Event times of a batch on the wire: a base and 32-bit offsets from it, half the bytes of absolute times. Where a batch spans more
/// than 71 minutes its times are absolute.
/// </summary>
public static class EventTimes
{
    /// <summary>Bytes of a packed time.</summary>
    public const int OffsetBytes = sizeof(uint);

    /// <summary>Packs times.</summary>
    /// <param name="times">Microseconds since 1970-01-01 UTC [n], in any order.</param>
    /// <returns>For <see cref="EventBatch.TimeBase"/> and <see cref="EventBatch.Times"/>: the earliest time and unsigned offsets from it
    /// in microseconds, 4 n bytes; or 0 and absolute times, 8 n bytes.</returns>
    public static (long Base, byte[] Times) Pack(ReadOnlySpan<long> times)
    {
        if (times.IsEmpty) return (0, []);
        var (earliest, latest) = (times[0], times[0]);
        foreach (var time in times) (earliest, latest) = (Math.Min(earliest, time), Math.Max(latest, time));
        var fits = (Int128)latest - earliest <= uint.MaxValue;
        var packed = new byte[times.Length * (fits ? OffsetBytes : sizeof(long))];
        for (var i = 0; i < times.Length; i++)
        {
            if (fits) BinaryPrimitives.WriteUInt32LittleEndian(packed.AsSpan(i * OffsetBytes), (uint)(times[i] - earliest));
            else BinaryPrimitives.WriteInt64LittleEndian(packed.AsSpan(i * sizeof(long)), times[i]);
        }

        return (fits ? earliest : 0, packed);
    }

    /// <summary>Time of one event of a batch.</summary>
    /// <param name="batch">A batch whose <see cref="EventBatch.Times"/> have 4 or 8 bytes per event.</param>
    /// <param name="index">Which event.</param>
    /// <returns>Microseconds since 1970-01-01 UTC.</returns>
    public static long Read(EventBatch batch, int index)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return batch.Times.Length == batch.Count * OffsetBytes
            ? batch.TimeBase + BinaryPrimitives.ReadUInt32LittleEndian(batch.Times.AsSpan(index * OffsetBytes))
            : BinaryPrimitives.ReadInt64LittleEndian(batch.Times.AsSpan(index * sizeof(long)));
    }
}
