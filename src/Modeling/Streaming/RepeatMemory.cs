using System.IO.Hashing;
using System.Runtime.InteropServices;
using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>
/// Hashes of the most recent events, to notice the same event over and over: after so many copies another one says nothing new about what
/// is normal, and a burst of them would fill the window and shrink the scale to nothing.
/// </summary>
internal sealed class RepeatMemory
{
    private readonly uint[] _hashes;
    private int _count;
    private int _next;

    public RepeatMemory(int capacity) => _hashes = new uint[capacity];

    /// <summary>Remembers an event.</summary>
    /// <param name="row">The event [d].</param>
    /// <returns>Copies among the most recent events before it.</returns>
    public int Add(ReadOnlySpan<float> row)
    {
        if (_hashes.Length == 0) return 0;
        var hash = unchecked((uint)XxHash3.HashToUInt64(MemoryMarshal.AsBytes(row)));
        var copies = _hashes.AsSpan(0, _count).Count(hash);
        _hashes[_next] = hash;
        _next = (_next + 1) % _hashes.Length;
        _count = Math.Min(_count + 1, _hashes.Length);
        return copies;
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_next);
        writer.WriteNested(MemoryMarshal.AsBytes<uint>(_hashes.AsSpan(0, _count)));
    }

    public static RepeatMemory Read(CheckpointReader reader, int capacity)
    {
        var memory = new RepeatMemory(capacity) { _next = reader.ReadInt32() };
        var bytes = reader.ReadNestedBytes().Span;
        memory._count = bytes.Length / sizeof(uint);
        var isOrdered = memory._count == capacity ? (uint)memory._next < (uint)Math.Max(capacity, 1) : memory._next == memory._count;
        if (bytes.Length % sizeof(uint) != 0 || memory._count > capacity || !isOrdered)
            throw CheckpointReader.Malformed($"{bytes.Length} bytes of hashes, next {memory._next}, do not fit {capacity} places");
        bytes.CopyTo(MemoryMarshal.AsBytes<uint>(memory._hashes.AsSpan()));
        return memory;
    }
}
