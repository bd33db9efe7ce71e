namespace DagmmStream.Storage.Writing;

/// <summary>Something the writer does within a group's transaction, and someone who waits for its commit.</summary>
/// <param name="partition">The right under which it writes; null when it needs none.</param>
/// <param name="isAppend">True when what is handed over behind it depends on it.</param>
internal abstract class WriteItem(PartitionHandle? partition, bool isAppend)
{
    public PartitionHandle? Partition { get; } = partition;

    public bool IsAppend { get; } = isAppend;

    public abstract void Apply();

    public abstract void Complete();

    public abstract void Fail(Exception exception);
}

/// <summary>A write item with a result.</summary>
/// <typeparam name="T">Type of the result.</typeparam>
/// <param name="partition">The right under which it writes.</param>
/// <param name="isAppend">True when what is handed over behind it depends on it.</param>
/// <param name="apply">The work; done again when the group is.</param>
internal sealed class WriteItem<T>(PartitionHandle? partition, bool isAppend, Func<T> apply) : WriteItem(partition, isAppend)
{
    // Continuations run elsewhere: the writer's thread belongs to the writer.
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T _result = default!;

    public Task<T> Task => _completion.Task;

    public override void Apply() => _result = apply();

    public override void Complete() => _completion.TrySetResult(_result);

    public override void Fail(Exception exception) => _completion.TrySetException(exception);
}
