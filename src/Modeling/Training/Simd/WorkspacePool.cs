namespace DagmmStream.Modeling.Training.Simd;

/// <summary>
/// Keeps as many workspaces as there are cores, for no more can be at work; further ones are left to the collector. Thread-safe; renting
/// and returning neither locks nor allocates.
/// </summary>
/// <typeparam name="T">The workspace.</typeparam>
internal sealed class WorkspacePool<T>
    where T : class, new()
{
    private readonly T?[] _free = new T?[Environment.ProcessorCount];

    /// <summary>Takes a workspace, or makes one if all are out.</summary>
    public T Rent()
    {
        foreach (ref var slot in _free.AsSpan())
            if (Interlocked.Exchange(ref slot, null) is { } workspace) return workspace;
        return new T();
    }

    /// <summary>Gives it back; the caller must not use it any more.</summary>
    public void Return(T workspace)
    {
        foreach (ref var slot in _free.AsSpan())
            if (Interlocked.CompareExchange(ref slot, workspace, null) is null) return;
    }
}
