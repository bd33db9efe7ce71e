using DagmmStream.Grains.Hosting;
using DagmmStream.Grains.Training;
using Microsoft.Extensions.Options;

namespace DagmmStream.Grains.Tests.Training;

public sealed class TrainingExecutorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task RunAsync_OneSlot_RunsInOrderOffTheCallersThread()
    {
        await using var executor = Executor(slots: 1);
        var order = new List<int>();
        var threads = new HashSet<int>();
        var work = Enumerable.Range(0, 50).Select(i => executor.RunAsync(
            () =>
            {
                order.Add(i);
                threads.Add(Environment.CurrentManagedThreadId);
                return i;
            },
            Token)).ToArray();
        Assert.Equal(Enumerable.Range(0, 50), await Task.WhenAll(work));
        Assert.Equal(Enumerable.Range(0, 50), order);
        Assert.Single(threads);
    }

    [Fact]
    public async Task RunAsync_MoreWorkThanSlots_NeverExceedsTheSlots()
    {
        await using var executor = Executor(slots: 2);
        int running = 0, most = 0;
        using var together = new Barrier(2);
        var work = Enumerable.Range(0, 20).Select(_ => executor.RunAsync(
            () =>
            {
                most = Math.Max(most, Interlocked.Increment(ref running));
                together.SignalAndWait(Token);
                return Interlocked.Decrement(ref running);
            },
            Token));
        await Task.WhenAll(work);
        Assert.Equal(2, most);
        Assert.Equal(2, executor.Slots);
    }

    [Fact]
    public async Task RunAsync_WorkThrows_PassesTheExceptionAndGoesOn()
    {
        await using var executor = Executor(slots: 1);
        var failure = await Assert.ThrowsAsync<ArithmeticException>(
            () => executor.RunAsync<int>(() => throw new ArithmeticException("boom"), Token));
        Assert.Equal("boom", failure.Message);
        Assert.Equal(3, await executor.RunAsync(() => 3, Token));
    }

    [Fact]
    public async Task RunAsync_CanceledWhileWaiting_NeverRuns()
    {
        await using var executor = Executor(slots: 1);
        using var release = new ManualResetEventSlim();
        using var canceled = new CancellationTokenSource();
        var blocking = executor.RunAsync(
            () =>
            {
                release.Wait(Token);
                return 0;
            },
            Token);
        var ran = false;
        var waiting = executor.RunAsync(() => ran = true, canceled.Token);
        await canceled.CancelAsync();
        // Nobody who gives up waits for the work before.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(blocking.IsCompleted);
        release.Set();
        await blocking;
        Assert.Equal(1, await executor.RunAsync(() => 1, Token));
        Assert.False(ran);
    }

    private static TrainingExecutor Executor(int slots) => new(Options.Create(new DagmmGrainOptions { TrainingSlots = slots }));
}
