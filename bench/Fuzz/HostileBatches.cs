using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Bench.Fuzz;

/// <summary>Batches as a client's messages deliver them: right ones, and ones with parts that are wrong, short, long or absent.</summary>
internal static class HostileBatches
{
    private const int Features = 3;
    private static readonly string[] SomeNames = ["mill", "press", "", "a\nb", "é", new('x', 256), new('x', 257), null!];

    /// <summary>Batches that the stream of numbers must take.</summary>
    public static Gen<BatchParts> Right { get; } =
        from count in Gen.Choose(1, 20)
        from values in WrittenEvent.Number.ListOf(count * Features)
        from times in Gen.Choose(0, int.MaxValue).ListOf(count)
        from isPacked in Gen.Elements(true, false)
        from marks in Gen.Elements((byte)EventMarks.None, (byte)EventMarks.BackFill).ListOf(count)
        from hasMarks in Gen.Elements(true, false)
        from sequence in Gen.Elements(0L, 1, 1_000_000, long.MaxValue / 2)
        let absolute = times.Select(time => (long)time).ToArray()
        let packed = EventTimes.Pack(absolute)
        select new BatchParts
        {
            Producer = "p", FirstSequence = sequence, Count = count,
            Features = MemoryMarshal.AsBytes<float>(values.ToArray()).ToArray(),
            TimeBase = isPacked ? packed.Base : 0, Times = isPacked ? packed.Times : Bytes(absolute),
            Marks = hasMarks ? [.. marks] : null,
        };

    /// <summary>Any batches.</summary>
    public static Arbitrary<BatchParts> Any { get; } = Arb.From(
        from batch in Right
        from count in Gen.Choose(0, 2)
        from faults in Gen.Choose(0, 8).ListOf(count)
        from length in Gen.Choose(0, 300)
        from bits in Gen.Choose(int.MinValue, int.MaxValue)
        from names in Gen.Elements(SomeNames).ListOf()
        select faults.Aggregate(batch, (one, fault) => With(one, fault, length, bits, [.. names])),
        Shrink);

    private static BatchParts With(BatchParts batch, int fault, int length, int bits, string[] names) => fault switch
    {
        0 => batch with { Features = Resized(batch.Features, length) },
        1 => batch with { Times = Resized(batch.Times, length) },
        2 => batch with { Marks = Resized(batch.Marks, length % 25) },
        3 => batch with { Names = names },
        4 => batch with { Count = length % 7 == 0 ? bits : length % 25 },
        5 => batch with { FirstSequence = (long)bits << (length % 32) },
        6 => batch with { TimeBase = ((long)bits << 32) | (uint)bits },
        7 => batch with { Features = Changed(batch.Features, length, bits), Names = names },
        _ => batch with { Producer = length % 3 == 0 ? null! : new string('p', length % 3 == 1 ? 0 : length) },
    };

    private static byte[] Resized(byte[]? bytes, int length)
    {
        var resized = (bytes ?? []).ToArray();
        if (length % 9 == 0) return null!;
        Array.Resize(ref resized, length);
        return resized;
    }

    private static byte[] Changed(byte[]? features, int at, int bits)
    {
        var changed = (features ?? []).ToArray();
        if (changed.Length >= sizeof(int))
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(at % (changed.Length / sizeof(int)) * sizeof(int)), bits);
        return changed;
    }

    private static byte[] Bytes(long[] values) => MemoryMarshal.AsBytes<long>(values).ToArray();

    private static IEnumerable<BatchParts> Shrink(BatchParts batch)
    {
        if (batch.Names is not null) yield return batch with { Names = null };
        if (batch.Marks is not null) yield return batch with { Marks = null };
        if (batch.Features is { Length: > 0 } features) yield return batch with { Features = features[..(features.Length / 2)] };
        if (batch.Times is { Length: > 0 } times) yield return batch with { Times = times[..(times.Length / 2)] };
        if (batch.Count > 1) yield return batch with { Count = batch.Count / 2 };
        if (batch.FirstSequence != 0) yield return batch with { FirstSequence = 0 };
    }
}
