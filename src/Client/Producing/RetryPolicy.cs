using System.Net.Sockets;
using Polly;
using Polly.Retry;

namespace DagmmStream.Client.Producing;

/// <summary>When and how soon to try again: exponential backoff with jitter until a deadline.</summary>
internal sealed class RetryPolicy
{
    private static readonly ResiliencePropertyKey<long> DeadlineKey = new("dagmm.deadline");
    private readonly ResiliencePipeline<SendResult> _delivery;
    private readonly ResiliencePipeline _calls;
    private readonly ResiliencePipeline _endless;
    private readonly TimeProvider _time;
    private readonly TimeSpan _callTimeout;

    /// <summary>Creates the policy.</summary>
    /// <param name="options">Delays and timeouts.</param>
    /// <param name="time">The clock.</param>
    public RetryPolicy(DagmmStreamClientOptions options, TimeProvider time)
    {
        _time = time;
        _callTimeout = options.CallTimeout;
        _delivery = new ResiliencePipelineBuilder<SendResult> { TimeProvider = time }.AddRetry(new RetryStrategyOptions<SendResult>
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryDelay,
            MaxDelay = options.MaxRetryDelay,
            ShouldHandle = args => new ValueTask<bool>(
                args.Outcome.Result.Status is SendStatus.Refused or SendStatus.Gap or SendStatus.Transient && BeforeDeadline(args.Context)),
            DelayGenerator = args => new ValueTask<TimeSpan?>(args.Outcome.Result switch
            {
                { Status: SendStatus.Refused, Reply.RetryAfter: var wait } when wait > TimeSpan.Zero => wait,

                // A gap says what to send now: only a service that repeats itself is given time.
                { Status: SendStatus.Gap } when args.AttemptNumber < 2 => TimeSpan.Zero,
                _ => null,
            }),
        }).Build();
        _calls = Calls(options, context => BeforeDeadline(context));
        _endless = Calls(options, _ => true);
    }

    /// <summary>True if the same call may succeed later.</summary>
    /// <param name="error">The failure.</param>
    /// <returns>True for transient errors of the service and all failures to reach it.</returns>
    public static bool IsTransient(Exception error) => error switch
    {
        DagmmStreamException known => known.IsTransient,

        // All of the runtime's own failures (rejected message, silo unavailable, connection failed, gateway too busy) are about reaching
        // the grain. It also cancels calls by itself: while a silo is lost its directory gives up what it was looking for.
        OperationCanceledException => true,
        Orleans.Runtime.OrleansException or TimeoutException or IOException or SocketException or HttpRequestException => true,
        _ => false,
    };

    /// <summary>Turns any failure into the family's exception.</summary>
    /// <param name="error">The failure.</param>
    /// <param name="what">What was tried.</param>
    /// <returns>The exception.</returns>
    public static DagmmStreamException Wrap(Exception error, string what) => error switch
    {
        DagmmStreamException known => known,
        _ when IsTransient(error) => new DagmmStreamException(
            ErrorCode.ServiceUnavailable, $"{what}: the service cannot be reached ({error.Message}); check that it runs, then try again",
            true, error),
        _ => new DagmmStreamException(ErrorCode.Unknown, $"{what}: {error.Message}", false, error),
    };

    /// <summary>Tries a delivery until it is accepted, fails for good, or the deadline passes.</summary>
    /// <param name="attempt">One attempt; never throws but for cancellation.</param>
    /// <param name="deadline">Timestamp of the clock after which nothing is tried again.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    /// <returns>The last outcome.</returns>
    public async Task<SendResult> DeliverAsync(Func<Task<SendResult>> attempt, long deadline, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(DeadlineKey, deadline);
            return await _delivery.ExecuteAsync(static async (_, attempt) => await attempt(), context, attempt);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>Makes a call, again on transient errors until the call timeout.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="what">What it does, for the error.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    /// <returns>The result.</returns>
    /// <exception cref="DagmmStreamException">The service's error, or <see cref="ErrorCode.ServiceUnavailable"/>.</exception>
    public Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, string what, CancellationToken cancellationToken) =>
        RunAsync(_calls, call, what, cancellationToken);

    /// <summary>Makes a call, again on transient errors without end.</summary>
    /// <typeparam name="T">The result.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="what">What it does, for the error.</param>
    /// <param name="cancellationToken">Ends the tries.</param>
    /// <returns>The result.</returns>
    /// <exception cref="DagmmStreamException">A final error of the service.</exception>
    public Task<T> CallUntilReachedAsync<T>(Func<CancellationToken, Task<T>> call, string what, CancellationToken cancellationToken) =>
        RunAsync(_endless, call, what, cancellationToken);

    private async Task<T> RunAsync<T>(
        ResiliencePipeline pipeline, Func<CancellationToken, Task<T>> call, string what, CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(DeadlineKey, _time.GetTimestamp() + Ticks(_callTimeout));
            return await pipeline.ExecuteAsync(static async (context, call) => await call(context.CancellationToken), context, call);
        }
        catch (Exception error) when (error is not DagmmStreamException && !cancellationToken.IsCancellationRequested)
        {
            throw Wrap(error, what);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A time as ticks of the clock's timestamps.</summary>
    /// <param name="time">The time.</param>
    /// <returns>Ticks.</returns>
    public long Ticks(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private ResiliencePipeline Calls(DagmmStreamClientOptions options, Func<ResilienceContext, bool> again) =>
        new ResiliencePipelineBuilder { TimeProvider = _time }.AddRetry(new RetryStrategyOptions
        {
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            Delay = options.RetryDelay,
            MaxDelay = options.MaxRetryDelay,
            ShouldHandle = args => new ValueTask<bool>(args.Outcome.Exception is { } error && IsTransient(error) && again(args.Context)),
        }).Build();

    private bool BeforeDeadline(ResilienceContext context) =>
        _time.GetTimestamp() < context.Properties.GetValue(DeadlineKey, long.MaxValue);
}
