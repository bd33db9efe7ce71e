using DagmmStream.Modeling.Checkpoints;

namespace DagmmStream.Modeling.Streaming;

/// <summary>The guard's last decisions, to notice that it rejects more than it accepts.</summary>
internal sealed class GuardHistory
{
    private readonly byte[] _rejected;
    private int _next;

    public GuardHistory(int capacity) => _rejected = new byte[capacity];

    /// <summary>Decisions remembered.</summary>
    public int Count { get; private set; }

    /// <summary>Rejections among them.</summary>
    public int Rejections { get; private set; }

    /// <summary>True when all places are filled.</summary>
    public bool IsFull => Count == _rejected.Length;

    /// <summary>True when all places are filled and more than a share of them are rejections.</summary>
    public bool Exceeds(double share) => IsFull && Rejections > share * Count;

    public void Add(bool rejected)
    {
        Rejections += (rejected ? 1 : 0) - _rejected[_next];
        _rejected[_next] = rejected ? (byte)1 : (byte)0;
        _next = (_next + 1) % _rejected.Length;
        Count = Math.Min(Count + 1, _rejected.Length);
    }

    public void Write(CheckpointWriter writer)
    {
        writer.Write(_next);
        writer.Write(Count);
        writer.WriteNested(_rejected);
    }

    public static GuardHistory Read(CheckpointReader reader, int capacity)
    {
        var history = new GuardHistory(capacity) { _next = reader.ReadInt32(), Count = reader.ReadInt32() };
        var rejected = reader.ReadNestedBytes().Span;
        if (rejected.Length != capacity || (uint)history._next >= (uint)capacity || (uint)history.Count > (uint)capacity)
            throw CheckpointReader.Malformed($"guard history of {rejected.Length} decisions, expected {capacity}");
        if (rejected.ContainsAnyExcept((byte)0, (byte)1)) throw CheckpointReader.Malformed("a guard decision is neither 0 nor 1");
        if (history.Count < capacity && (history._next != history.Count || rejected[history.Count..].ContainsAnyExcept((byte)0)))
            throw CheckpointReader.Malformed($"guard history has decisions beyond its {history.Count}");
        rejected.CopyTo(history._rejected);
        foreach (var value in rejected) history.Rejections += value;
        return history;
    }
}
