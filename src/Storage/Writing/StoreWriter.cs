using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Channels;
using DagmmStream.Storage.Diagnostics;
using DagmmStream.Storage.Journal;

namespace DagmmStream.Storage.Writing;

/// <summary>
/// The one writer of a store: a bounded queue, one thread, group commit. It drains what is queued, up to a bound, into one transaction and
/// completes the waiters after the commit.
/// </summary>
internal sealed class StoreWriter : IAsyncDisposable
{
    private readonly IWriteSession _session;
    private readonly Channel<WriteItem> _queue;
    private readonly StoreWriterOptions _options;
    private readonly GroupRetry _retry;
    private readonly StoreOutage _outage;
    private readonly CancellationTokenSource _closing = new();

    // Taken by whoever writes to the database, in turn: the writer per group, grain storage per operation. Without it the back-to-back
    // transactions of a busy writer would starve the checkpoints where the database's own lock is polled and not fair (SQLite).
    private readonly SemaphoreSlim? _turn;

    // Partition to the failure of its last broken handle; written by the writer and by refused appends, read by both.
    private readonly ConcurrentDictionary<long, Broken> _brokenAtEntry = new();
    private readonly Dictionary<long, Broken> _brokenAtWriter = [];
    private readonly Task _loop;

    public StoreWriter(
        IWriteSession session, SemaphoreSlim? turn, StoreWriterOptions options, StoreOutage outage, TimeProvider? time = null)
    {
        _session = session;
        _turn = turn;
        _outage = outage;
        _options = options;
        _retry = new GroupRetry(options.RetryFor, IsTransient, time ?? TimeProvider.System);
        _queue = Channel.CreateBounded<WriteItem>(new BoundedChannelOptions(options.Capacity) { SingleReader = true });
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>False once the writer has been closed or its thread has ended.</summary>
    public bool IsAlive => !_loop.IsCompleted && !_queue.Reader.Completion.IsCompleted;

    /// <summary>False while a group is tried again because the store does not answer.</summary>
    public bool IsAvailable => !_retry.IsWaiting;

    /// <summary>True while the store fails, whether or not what it failed at is tried again; the log says so.</summary>
    public bool HasOutage => _outage.Lasts;

    public bool HasRoom => _queue.Reader.Count < _options.Capacity;

    /// <summary>Hands a batch over, in the order of the calls; fails at once when there is no room.</summary>
    public Task Append(JournalAppend append)
    {
        var partition = append.Partition;
        if (_brokenAtEntry.TryGetValue(partition.Id, out var broken) && partition.Epoch <= broken.Epoch)
            return Task.FromException(Follow(partition, broken.Error));
        var item = new WriteItem<bool>(partition, isAppend: true, () =>
        {
            _session.Append(append);
            return true;
        });
        StorageMetrics.QueueLength.Add(1);
        _outage.Waiting.Add(partition.Id);
        if (_queue.Writer.TryWrite(item)) return item.Task;
        StorageMetrics.QueueLength.Add(-1);
        _outage.Waiting.Remove(partition.Id);
        StorageMetrics.Batches.Add(1, StorageMetrics.Refused);
        var error = !IsAlive
            ? Closed()
            : new DagmmStreamException(
                ErrorCode.Overloaded,
                $"the store's queue is full ({_options.Capacity} batches); partition {partition.Partition} must be reopened",
                true);
        _brokenAtEntry[partition.Id] = new Broken(partition.Epoch, error);
        return Task.FromException(error);
    }

    /// <summary>Waits for room, hands work over that uses the session, and waits for its commit.</summary>
    public async Task<T> RunAsync<T>(PartitionHandle? partition, Func<T> apply, CancellationToken cancellationToken)
    {
        var item = new WriteItem<T>(partition, isAppend: false, apply);
        StorageMetrics.QueueLength.Add(1);
        try
        {
            await _queue.Writer.WriteAsync(item, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ChannelClosedException or OperationCanceledException)
        {
            StorageMetrics.QueueLength.Add(-1);
            if (exception is ChannelClosedException) throw Closed();
            throw;
        }

        return await item.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes what was handed over, then stops; a store that does not answer is not waited for.</summary>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _closing.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _closing.Dispose();
        _outage.Dispose();
    }

    private void Run()
    {
        var group = new List<WriteItem>(_options.MaxGroup);
        // Blocking is right here: the thread is the writer's own.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < _options.MaxGroup && _queue.Reader.TryRead(out var item)) group.Add(item);
            StorageMetrics.QueueLength.Add(-group.Count);
            _turn?.Wait();
            try
            {
                Write(group);
            }
            finally
            {
                _turn?.Release();
            }
        }

        _session.Dispose();
    }

    private void Write(List<WriteItem> group)
    {
        var started = Stopwatch.GetTimestamp();
        var failures = new Exception?[group.Count];
        try
        {
            Commit(group, failures);
        }
        catch (Exception exception)
        {
            var (error, isOfItem) = _session.Classify(exception);
            if (isOfItem && group.Count > 1)
            {
                // A dialect that writes at the commit cannot say whose fault it was: each item on its own.
                foreach (var item in group) Write([item]);
                return;
            }

            _outage.Refused(group.Count(item => item.IsAppend));
            for (var i = 0; i < group.Count; i++)
            {
                Break(group[i], error);
                failures[i] ??= error;
            }
        }

        StorageMetrics.CommitDuration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        StorageMetrics.CommitBatches.Record(group.Count);
        var failed = failures.Count(failure => failure is not null);
        if (failed > 0) StorageMetrics.Batches.Add(failed, StorageMetrics.Failed);
        if (failed < group.Count) StorageMetrics.Batches.Add(group.Count - failed, StorageMetrics.Committed);
        for (var i = 0; i < group.Count; i++)
        {
            if (group[i] is { IsAppend: true, Partition: { } partition }) _outage.Waiting.Remove(partition.Id);
            if (failures[i] is { } failure) group[i].Fail(failure);
            else group[i].Complete();
        }
    }

    /// <summary>Commits a group, trying again while the store does not answer.</summary>
    private void Commit(List<WriteItem> group, Exception?[] failures)
    {
        var partitions = group.Where(item => item.Partition is not null).Select(item => item.Partition!.Value.Id).ToHashSet();
        var isInDoubt = false;
        Exception? last = null;
        try
        {
            _retry.Run(Attempt, _closing.Token);
        }
        catch (OperationCanceledException) when (last is not null)
        {
            // Closed while the store did not answer: what was handed over fails with the store's own error.
            throw new DagmmStreamException(
                ErrorCode.StoreUnavailable, _session.Classify(last).Error.Message, isTransient: true, last);
        }

        void Attempt()
        {
            try
            {
                if (!isInDoubt || !_session.WasCommitted())
                {
                    isInDoubt = false;
                    Array.Clear(failures);
                    _session.Begin(partitions);
                    for (var i = 0; i < group.Count; i++) failures[i] = Apply(group[i]);
                    isInDoubt = true;
                    _session.Commit();
                }

                if (_outage.Lasts) _outage.Succeeded(group.Where((item, i) => item.IsAppend && failures[i] is null).Any());
            }
            catch (Exception exception)
            {
                last = exception;
                _session.Abandon();
                if (IsTransient(exception)) _outage.Failed(_session.Classify(exception).Error, group.Exists(item => item.IsAppend));
                throw;
            }
        }
    }

    private bool IsTransient(Exception exception) =>
        _session.Classify(exception) is { OfItem: false, Error: DagmmStreamException { IsTransient: true } };

    // Returns the failure of this item alone; throws when the group as a whole has failed.
    private Exception? Apply(WriteItem item)
    {
        if (item.Partition is { } partition)
        {
            if (item.IsAppend && _brokenAtWriter.TryGetValue(partition.Id, out var broken) && partition.Epoch <= broken.Epoch)
                return Follow(partition, broken.Error);
            var epoch = _session.EpochOf(partition.Id);
            if (epoch != partition.Epoch)
            {
                var fenced = Fenced(partition, epoch);
                Break(item, fenced);
                return fenced;
            }
        }

        _session.BeginItem();
        try
        {
            item.Apply();
            _session.KeepItem();
            return null;
        }
        catch (Exception exception) when (_session.Classify(exception) is { OfItem: true } failure)
        {
            _session.UndoItem();
            Break(item, failure.Error);
            return failure.Error;
        }
    }

    private void Break(WriteItem item, Exception error)
    {
        if (!item.IsAppend || item.Partition is not { } partition) return;
        if (_brokenAtWriter.TryGetValue(partition.Id, out var known) && known.Epoch >= partition.Epoch) return;
        var broken = new Broken(partition.Epoch, error);
        _brokenAtWriter[partition.Id] = broken;
        _brokenAtEntry[partition.Id] = broken;
    }

    /// <summary>The error of a handle whose epoch is no longer the partition's.</summary>
    public static DagmmStreamException Fenced(PartitionHandle partition, long epoch) => new(
        ErrorCode.Fenced,
        $"partition {partition.Partition} was taken over: its epoch is {epoch}, this handle has {partition.Epoch}; open it again",
        isTransient: true);

    private static DagmmStreamException Follow(PartitionHandle partition, Exception cause)
    {
        var known = cause as DagmmStreamException;
        return new DagmmStreamException(
            known?.Code ?? ErrorCode.StoreUnavailable,
            $"an earlier batch of partition {partition.Partition} was not stored, so this one is not either; "
            + $"open it again: {cause.Message}",
            known?.IsTransient ?? false,
            cause);
    }

    private static DagmmStreamException Closed() => new(ErrorCode.StoreUnavailable, "the store is closed", isTransient: true);

    private readonly record struct Broken(long Epoch, Exception Error);
}
