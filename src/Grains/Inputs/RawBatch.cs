using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DagmmStream.Grains.Inputs;

/// <summary>
/// Events as they came, in one piece, for the journal and for training: times [n], values [n, d], names. Padded with zeros to whole rows of
/// floats, which is what the journal checks.
/// </summary>
internal readonly ref struct RawBatch
{
    private RawBatch(ReadOnlySpan<long> times, ReadOnlySpan<float> values, string[] names)
    {
        Times = times;
        Values = values;
        Names = names;
    }

    /// <summary>Event times [n], microseconds since 1970-01-01 UTC.</summary>
    public ReadOnlySpan<long> Times { get; }

    /// <summary>Values [n, d].</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>Names that categories are indices of.</summary>
    public string[] Names { get; }

    /// <summary>The bytes of a batch from an event on.</summary>
    public static byte[] Encode(EventBatch batch, int start, int features)
    {
        var count = batch.Count - start;
        var names = batch.Names ?? [];
        var (times, values) = (count * sizeof(long), count * features * sizeof(float));
        var length = times + values + sizeof(int) + names.Sum(name => sizeof(int) + Encoding.UTF8.GetByteCount(name));
        var row = count * sizeof(float);
        var bytes = new byte[(length + row - 1) / row * row];
        var absolute = MemoryMarshal.Cast<byte, long>(bytes.AsSpan(0, times));
        for (var i = 0; i < count; i++) absolute[i] = EventTimes.Read(batch, start + i);
        batch.Features.AsSpan(start * features * sizeof(float), values).CopyTo(bytes.AsSpan(times));
        var rest = bytes.AsSpan(times + values);
        BinaryPrimitives.WriteInt32LittleEndian(rest, names.Length);
        rest = rest[sizeof(int)..];
        foreach (var name in names)
        {
            var written = Encoding.UTF8.GetBytes(name, rest[sizeof(int)..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, written);
            rest = rest[(sizeof(int) + written)..];
        }

        return bytes;
    }

    /// <summary>Reads the bytes again.</summary>
    public static RawBatch Decode(ReadOnlySpan<byte> bytes, int count, int features)
    {
        var (times, values) = (count * sizeof(long), count * features * sizeof(float));
        var rest = bytes[(times + values)..];
        var names = new string[BinaryPrimitives.ReadInt32LittleEndian(rest)];
        rest = rest[sizeof(int)..];
        for (var i = 0; i < names.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
            names[i] = Encoding.UTF8.GetString(rest.Slice(sizeof(int), length));
            rest = rest[(sizeof(int) + length)..];
        }

        return new RawBatch(
            MemoryMarshal.Cast<byte, long>(bytes[..times]), MemoryMarshal.Cast<byte, float>(bytes.Slice(times, values)), names);
    }
}
