using DagmmStream.Storage.Diagnostics;
using Polly;
using Polly.Retry;

namespace DagmmStream.Storage.Writing;

/// <summary>Tries a group again while the store does not answer; meanwhile <see cref="IsWaiting"/>.</summary>
internal sealed class GroupRetry
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(1);
    private readonly ResiliencePipeline _pipeline;
    private readonly TimeProvider _time;
    private readonly TimeSpan _limit;
    private readonly Func<Exception, bool> _isTransient;
    private long _started;

    /// <summary>Creates the policy.</summary>
    /// <param name="limit">How long a group is tried again; zero for not at all.</param>
    /// <param name="isTransient">Tells errors that may pass from others.</param>
    /// <param name="time">The clock.</param>
    public GroupRetry(TimeSpan limit, Func<Exception, bool> isTransient, TimeProvider time)
    {
        (_limit, _isTransient, _time) = (limit, isTransient, time);
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = FirstDelay,
            MaxDelay = LongestDelay,
            ShouldHandle = args => new ValueTask<bool>(
                args.Outcome.Exception is { } error && _time.GetElapsedTime(_started) < limit && isTransient(error)),
            OnRetry = _ =>
            {
                StorageMetrics.Retries.Add(1);
                return ValueTask.CompletedTask;
            },
        }).Build();
    }

    /// <summary>True from the first failure until the group has ended in one way or the other.</summary>
    public bool IsWaiting
    {
        get => Volatile.Read(ref field);
        private set => Volatile.Write(ref field, value);
    }

    /// <summary>Runs an attempt until it succeeds, fails for good, or is cancelled; the first one is made in any case.</summary>
    public void Run(Action attempt, CancellationToken cancellationToken)
    {
        _started = _time.GetTimestamp();
        try
        {
            attempt();
            return;
        }
        catch (Exception error) when (_limit > TimeSpan.Zero && _isTransient(error))
        {
            IsWaiting = true;
            StorageMetrics.Retries.Add(1);
        }

        try
        {
            _pipeline.Execute(static (run, _) => run(), attempt, cancellationToken);
        }
        finally
        {
            IsWaiting = false;
        }
    }
}
