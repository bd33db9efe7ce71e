using System.Runtime.CompilerServices;

namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// One pinned array cut into columns aligned to a cache line. Cut once to count, then once to hand out: the same code does both, so a
/// buffer can neither overlap another nor be forgotten.
/// </summary>
internal sealed unsafe class Arena
{
    private const int Alignment = 64;
    private byte[] _memory = [];
    private byte* _start;
    private long _used;

    /// <summary>Forgets all cuts; until <see cref="Allocate"/> cuts are only counted.</summary>
    public void Count()
    {
        _start = null;
        _used = 0;
    }

    /// <summary>Gets the memory counted, if what is there is too small, and cuts from its start.</summary>
    public void Allocate()
    {
        if (_memory.Length < _used + Alignment)
            _memory = GC.AllocateUninitializedArray<byte>(checked((int)_used + Alignment), pinned: true);
        var address = (nint)Unsafe.AsPointer(ref _memory[0]);
        _start = (byte*)((address + Alignment - 1) & ~(nint)(Alignment - 1));
        _used = 0;
    }

    /// <summary>Cuts a run of floats, not cleared.</summary>
    public float* Floats(long count) => (float*)Cut(count * sizeof(float));

    /// <summary>Cuts a run of doubles, not cleared.</summary>
    public double* Doubles(long count) => (double*)Cut(count * sizeof(double));

    private byte* Cut(long bytes)
    {
        var at = _start + _used;
        _used += (bytes + Alignment - 1) & ~(long)(Alignment - 1);
        return at;
    }
}
