using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace DagmmStream.Modeling.Checkpoints;

/// <summary>
/// Collects typed values, little-endian, and closes them with a header and a checksum (docs/checkpoint-format.md). Arrays, strings and
/// nested sections carry their length as 32 bits. Not thread-safe.
/// </summary>
public sealed class CheckpointWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Bytes written so far, without a header.</summary>
    public int Length => _buffer.WrittenCount;

    /// <summary>Writes one byte, 0 or 1.</summary>
    /// <param name="value">The value.</param>
    public void Write(bool value) => _buffer.Write([value ? (byte)1 : (byte)0]);

    /// <summary>Writes 32 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.GetSpan(sizeof(int)), value);
        _buffer.Advance(sizeof(int));
    }

    /// <summary>Writes 64 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_buffer.GetSpan(sizeof(long)), value);
        _buffer.Advance(sizeof(long));
    }

    /// <summary>Writes 64 bits.</summary>
    /// <param name="value">The value.</param>
    public void Write(ulong value) => Write(unchecked((long)value));

    /// <summary>Writes a double, bit for bit.</summary>
    /// <param name="value">The value.</param>
    public void Write(double value) => Write(BitConverter.DoubleToInt64Bits(value));

    /// <summary>Writes a string as UTF-8 with its length.</summary>
    /// <param name="value">The value.</param>
    public void Write(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        WriteNested(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Writes an array with its length.</summary>
    /// <param name="values">The values.</param>
    public void Write(ReadOnlySpan<double> values)
    {
        Write(values.Length);
        if (BitConverter.IsLittleEndian) _buffer.Write(MemoryMarshal.AsBytes(values));
        else foreach (var value in values) Write(value);
    }

    /// <summary>Writes an array with its length.</summary>
    /// <param name="values">The values.</param>
    public void Write(ReadOnlySpan<float> values)
    {
        Write(values.Length);
        if (BitConverter.IsLittleEndian) _buffer.Write(MemoryMarshal.AsBytes(values));
        else foreach (var value in values) Write(BitConverter.SingleToInt32Bits(value));
    }

    /// <summary>Writes an array with its length.</summary>
    /// <param name="values">The values.</param>
    public void Write(ReadOnlySpan<int> values)
    {
        Write(values.Length);
        foreach (var value in values) Write(value);
    }

    /// <summary>Writes bytes with their length.</summary>
    /// <param name="bytes">The bytes, for example another writer's <see cref="ToArray"/>.</param>
    public void WriteNested(ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        _buffer.Write(bytes);
    }

    /// <summary>What was written, without a header.</summary>
    /// <returns>A copy.</returns>
    public byte[] ToArray() => _buffer.WrittenSpan.ToArray();

    /// <summary>Closes the checkpoint.</summary>
    /// <param name="header">What the checkpoint says about itself; always written as <see cref="CheckpointHeader.CurrentVersion"/>.</param>
    /// <returns>Header and payload.</returns>
    public byte[] Finish(in CheckpointHeader header)
    {
        var bytes = new byte[CheckpointHeader.Size + _buffer.WrittenCount];
        var head = bytes.AsSpan(0, CheckpointHeader.Size);
        CheckpointReader.Magic.CopyTo(head);
        BinaryPrimitives.WriteUInt16LittleEndian(head[4..], CheckpointHeader.CurrentVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], header.SpecHash);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], header.Step);
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], header.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(head[32..], _buffer.WrittenCount);
        BinaryPrimitives.WriteUInt32LittleEndian(head[40..], Crc32C.Of(head[..40], _buffer.WrittenSpan));
        _buffer.WrittenSpan.CopyTo(bytes.AsSpan(CheckpointHeader.Size));
        return bytes;
    }
}
