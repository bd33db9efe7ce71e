using System.Threading.Channels;
using DagmmStream.Grains.Hosting;
using Microsoft.Extensions.Options;

namespace DagmmStream.Grains.Training;

/// <summary>
/// The one gate through which all CPU-heavy work of a process goes: a bounded queue and a fixed number of threads of low priority.
/// Grain turns never train: scoring latency does not depend on how many partitions learn.
/// </summary>
public sealed class TrainingExecutor : IAsyncDisposable
{
    private readonly Channel<Action> _queue;
    private readonly Thread[] _workers;

    /// <summary>Starts the threads.</summary>
    /// <param name="options">Slots and queue bound.</param>
    public TrainingExecutor(IOptions<DagmmGrainOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var slots = options.Value.TrainingSlots > 0 ? options.Value.TrainingSlots : Math.Max(1, Environment.ProcessorCount - 1);
        _queue = Channel.CreateBounded<Action>(new BoundedChannelOptions(options.Value.TrainingQueueLength)
        {
            FullMode = BoundedChannelFullMode.Wait,
            SingleReader = slots == 1,
        });
        _workers = new Thread[slots];
        for (var i = 0; i < slots; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"dagmm-training-{i}", Priority = ThreadPriority.BelowNormal };
            _workers[i].Start();
        }
    }

    /// <summary>Steps that may run at once.</summary>
    public int Slots => _workers.Length;

    /// <summary>Work that waits for a slot.</summary>
    public int Waiting => _queue.Reader.Count;

    /// <summary>Runs work in a slot; work is started in the order in which it was handed over.</summary>
    /// <typeparam name="T">Result.</typeparam>
    /// <param name="work">Synchronous, CPU-bound work.</param>
    /// <param name="cancellationToken">Cancels the wait for a slot; work that has started runs to its end.</param>
    /// <returns>The result, or the exception that the work threw.</returns>
    public async Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(work);
        var job = new Job<T>(work);
        await using var registration = cancellationToken.UnsafeRegister(static (job, token) => ((Job<T>)job!).Cancel(token), job);
        await _queue.Writer.WriteAsync(job.Run, cancellationToken);
        return await job.Done;
    }

    /// <summary>Finishes what is queued, then ends the threads.</summary>
    /// <returns>Completes when the threads have ended.</returns>
    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _queue.Reader.Completion;
        foreach (var worker in _workers) worker.Join();
    }

    private void Work()
    {
        ThreadNiceness.TryLower();

        // A thread of its own may block: it is no pool thread and no turn.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
            while (_queue.Reader.TryRead(out var work)) work();
    }

    /// <summary>Work that is either started or cancelled, never both: who cancels it must not wait for those before it in line, nor go on
    /// while it runs.</summary>
    private sealed class Job<T>(Func<T> work)
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _decided;

        public Task<T> Done => _done.Task;

        public void Run()
        {
            if (Interlocked.Exchange(ref _decided, 1) != 0) return;
            try
            {
                _done.TrySetResult(work());
            }
            catch (Exception exception)
            {
                _done.TrySetException(exception);
            }
        }

        public void Cancel(CancellationToken cancellationToken)
        {
            if (Interlocked.Exchange(ref _decided, 1) == 0) _done.TrySetCanceled(cancellationToken);
        }
    }
}
