using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DagmmStream.Modeling.Checkpoints;

/// <summary>
/// Reads what <see cref="CheckpointWriter"/> wrote, in the same order. Every length is checked against the bytes that are there before
/// anything is allocated. Not thread-safe.
/// </summary>
public sealed class CheckpointReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private int _position;

    /// <summary>Reads values without a header, in the newest format: a nested section.</summary>
    /// <param name="payload">The bytes; not copied.</param>
    public CheckpointReader(ReadOnlyMemory<byte> payload)
        : this(payload, CheckpointHeader.CurrentVersion)
    {
    }

    private CheckpointReader(ReadOnlyMemory<byte> payload, ushort version) => (_bytes, Version) = (payload, version);

    /// <summary>Format version of the bytes.</summary>
    public ushort Version { get; }

    /// <summary>Bytes not yet read.</summary>
    public int Remaining => _bytes.Length - _position;

    internal static ReadOnlySpan<byte> Magic => "DGMS"u8;

    /// <summary>Checks header and checksum of a checkpoint.</summary>
    /// <param name="checkpoint">Header and payload; not copied.</param>
    /// <param name="header">What the checkpoint says about itself.</param>
    /// <returns>A reader of the payload.</returns>
    /// <exception cref="CheckpointException">The bytes are no checkpoint, too new, truncated or damaged.</exception>
    public static CheckpointReader Open(ReadOnlyMemory<byte> checkpoint, out CheckpointHeader header)
    {
        var head = checkpoint.Span;
        if (head.Length < CheckpointHeader.Size) throw Short($"a checkpoint has at least {CheckpointHeader.Size} bytes; got {head.Length}");
        if (!head[..4].SequenceEqual(Magic))
        {
            throw new CheckpointException(
                CheckpointFailure.WrongMagic, $"a checkpoint begins with \"DGMS\"; got 0x{Convert.ToHexString(head[..4])}");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(head[4..]);
        if (version > CheckpointHeader.CurrentVersion)
        {
            throw new CheckpointException(
                CheckpointFailure.NewerVersion, $"checkpoint format version {version} is newer than {CheckpointHeader.CurrentVersion}");
        }

        var payload = checkpoint[CheckpointHeader.Size..];
        var length = BinaryPrimitives.ReadInt64LittleEndian(head[32..]);
        if (length > payload.Length) throw Short($"the header announces {length} bytes; {payload.Length} are there");
        var (stored, computed) = (BinaryPrimitives.ReadUInt32LittleEndian(head[40..]), Crc32C.Of(head[..40], payload.Span));
        if (stored != computed || length != payload.Length || version == 0)
        {
            throw new CheckpointException(
                CheckpointFailure.Damaged,
                $"version {version}, {payload.Length} bytes, CRC-32C 0x{computed:X8}; the header says {length} bytes, 0x{stored:X8}");
        }

        header = new CheckpointHeader(
            BinaryPrimitives.ReadUInt64LittleEndian(head[8..]), BinaryPrimitives.ReadInt64LittleEndian(head[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(head[24..])) { Version = version };
        return new CheckpointReader(payload, version);
    }

    /// <summary>Reads one byte, 0 or 1.</summary>
    /// <returns>The value.</returns>
    public bool ReadBoolean() => Take(1)[0] switch { 0 => false, 1 => true, var other => throw Malformed($"{other} is neither 0 nor 1") };

    /// <summary>Reads 32 bits.</summary>
    /// <returns>The value.</returns>
    public int ReadInt32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    /// <summary>Reads 64 bits.</summary>
    /// <returns>The value.</returns>
    public long ReadInt64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads 64 bits.</summary>
    /// <returns>The value.</returns>
    public ulong ReadUInt64() => unchecked((ulong)ReadInt64());

    /// <summary>Reads a double.</summary>
    /// <returns>The value.</returns>
    public double ReadDouble() => BitConverter.Int64BitsToDouble(ReadInt64());

    /// <summary>Reads a string.</summary>
    /// <returns>The value.</returns>
    public string ReadString() => Encoding.UTF8.GetString(Take(ReadLength(1)));

    /// <summary>Reads an array.</summary>
    /// <returns>The values.</returns>
    public double[] ReadDoubles()
    {
        var values = new double[ReadLength(sizeof(double))];
        if (BitConverter.IsLittleEndian) Take(values.Length * sizeof(double)).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        else for (var i = 0; i < values.Length; i++) values[i] = ReadDouble();
        return values;
    }

    /// <summary>Reads an array of known length.</summary>
    /// <param name="length">Values expected.</param>
    /// <returns>The values.</returns>
    /// <exception cref="CheckpointException">The array has another length.</exception>
    public double[] ReadDoubles(int length) => Checked(ReadDoubles(), length);

    /// <summary>Reads an array.</summary>
    /// <returns>The values.</returns>
    public float[] ReadSingles()
    {
        var values = new float[ReadLength(sizeof(float))];
        if (BitConverter.IsLittleEndian) Take(values.Length * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        else for (var i = 0; i < values.Length; i++) values[i] = BitConverter.Int32BitsToSingle(ReadInt32());
        return values;
    }

    /// <summary>Reads an array of known length.</summary>
    /// <param name="length">Values expected.</param>
    /// <returns>The values.</returns>
    /// <exception cref="CheckpointException">The array has another length.</exception>
    public float[] ReadSingles(int length) => Checked(ReadSingles(), length);

    /// <summary>Reads an array.</summary>
    /// <returns>The values.</returns>
    public int[] ReadInt32s()
    {
        var values = new int[ReadLength(sizeof(int))];
        for (var i = 0; i < values.Length; i++) values[i] = ReadInt32();
        return values;
    }

    /// <summary>Reads a nested section.</summary>
    /// <returns>A reader of the section; shares the bytes.</returns>
    public CheckpointReader ReadNested() => new(ReadNestedBytes(), Version);

    /// <summary>Reads the bytes of a nested section.</summary>
    /// <returns>The bytes; shared.</returns>
    public ReadOnlyMemory<byte> ReadNestedBytes()
    {
        var length = ReadLength(1);
        var section = _bytes.Slice(_position, length);
        _position += length;
        return section;
    }

    /// <summary>Checks that nothing is left.</summary>
    /// <exception cref="CheckpointException">Bytes are left.</exception>
    public void End()
    {
        if (Remaining > 0) throw Malformed($"{Remaining} bytes are left after the last value");
    }

    internal static CheckpointException Malformed(string message, Exception? cause = null) => cause is null
        ? new CheckpointException(CheckpointFailure.Malformed, message)
        : new CheckpointException(CheckpointFailure.Malformed, message, cause);

    private static CheckpointException Short(string message) => new(CheckpointFailure.Truncated, message);

    private static T[] Checked<T>(T[] values, int length) =>
        values.Length == length ? values : throw Malformed($"an array has {values.Length} values; expected {length}");

    private int ReadLength(int valueSize)
    {
        var length = ReadInt32();
        if (length < 0) throw Malformed($"{length} is not a length");
        if ((long)length * valueSize > Remaining)
            throw Short($"{length} values of {valueSize} bytes are announced; {Remaining} bytes are left");
        return length;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > Remaining) throw Short($"{count} bytes are wanted; {Remaining} are left");
        var span = _bytes.Span.Slice(_position, count);
        _position += count;
        return span;
    }
}
