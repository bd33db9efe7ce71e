using System.Collections.Immutable;
using DagmmStream.Grains.Partitions;
using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace DagmmStream.Grains.Rounds;

/// <summary>
/// The coordinator of a stream with several partitions: counts what they learn, runs a round when one is due, writes down what it decided,
/// and only then gives it out. Reentrant: partitions report while a round runs.
/// </summary>
[Reentrant]
internal sealed partial class RoundGrain : Grain, IRoundGrain, IRoundCoordinator
{
    /// <summary>Name of the state that holds the newest round.</summary>
    public const string StateName = "round";

    private readonly PartitionServices _services;
    private readonly ILogger _logger;
    private readonly IPersistentState<CheckpointState> _state;
    private readonly RoundCalls _calls;
    private readonly Dictionary<int, long> _samples = [];
    private StreamDefinition _definition = null!;
    private LearnerOptions _options = null!;
    private ParameterLayout _layout = null!;
    private RoundRunner _runner = null!;
    private RoundRecord? _record;
    private Task _running = Task.CompletedTask;
    private DagmmStreamException? _fault;
    private bool _isDamaged;
    private bool _isUrgent;
    private long _endedAt;
    private TimeSpan? _duration;
    private long _undecided;
    private string? _reason;

    public RoundGrain(
        PartitionServices services, ILogger<RoundGrain> logger,
        [PersistentState(StateName, CheckpointStorage.Name)] IPersistentState<CheckpointState> state)
    {
        (_services, _logger, _state) = (services, logger, state);
        _calls = new RoundCalls(services.Grains, services.Executor, services.Time, services.Options.RoundDeadline, logger);
    }

    private string Stream => this.GetPrimaryKeyString();

    private long Next => (_record?.Version ?? 0) + 1;

    private ImmutableArray<int> All => [.. Enumerable.Range(0, _definition.Partitions)];

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (await _services.Catalog.FindAsync(Stream, cancellationToken) is not { } definition)
        {
            // Callers get this exception itself, not a runtime's rejection.
            _fault = new DagmmStreamException(ErrorCode.StreamNotFound, $"there is no stream \"{Stream}\"");
            return;
        }

        var (spec, options) = PartitionModel.Of(definition);
        (_definition, _options, _layout) = (definition, options, new ParameterLayout(spec));
        _runner = new RoundRunner(
            _layout, options, _services.Engines.Select(definition.Engine, spec), definition.Seed,
            (question, partitions) => _calls.AskAsync(Ask(question, partitions), _layout, options),
            work => _services.Executor.RunAsync(
                () =>
                {
                    work();
                    return true;
                },
                CancellationToken.None));
        Read();
        _endedAt = _services.Time.GetTimestamp();
        var interval = _services.Options.RoundInterval;
        this.RegisterGrainTimer(OnTimer, new GrainTimerCreationOptions(interval, interval) { Interleave = true });
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        try
        {
            await _running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The partitions learn on when their patience ends; the next activation begins anew.
            LogCutOff(Stream, Next);
        }
    }

    public Task<RoundStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return Task.FromResult(Status());
    }

    public async Task<RoundStatus> RunAsync(CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        // One partition publishes by itself.
        if (_definition.Partitions == 1) return Status();
        if (_running.IsCompleted) Begin();
        await _running.WaitAsync(cancellationToken);
        return Status();
    }

    public Task ReportAsync(int partition, long version, long samples, bool isUrgent)
    {
        // What was counted before a round has come to its end with it.
        if (_fault is not null || version < (_record?.Version ?? 0)) return Task.CompletedTask;
        _samples[partition] = samples;
        _isUrgent |= isUrgent;
        var isEarly = _record is not null && _services.Time.GetElapsedTime(_endedAt) < _services.Options.RoundInterval;
        if (!isEarly) BeginIfDue();
        return Task.CompletedTask;
    }

    public async Task DeleteAsync()
    {
        if (_fault is not null)
        {
            DeactivateOnIdle();
            return;
        }

        _fault = new DagmmStreamException(ErrorCode.StreamNotFound, $"stream \"{Stream}\" was deleted");
        await _running;
        if (_state.RecordExists) await _state.ClearStateAsync();
    }

    private RoundAsk Ask(RoundQuestion question, ImmutableArray<int> partitions) => new()
    {
        Stream = Stream,
        Round = Next,
        IsCollect = question.Kind == RoundQuestionKind.Collect,
        Question = question.ToBytes(),
        Partitions = partitions,
    };

    private void Read()
    {
        var payload = _state.State.Payload;
        _state.State = new CheckpointState();
        if (payload.Length == 0) return;
        try
        {
            _record = RoundRecord.FromBytes(payload, _layout, _options);
            // Who has taken it over already says so when asked.
            if (!_record.Parts.IsEmpty) _waiting.UnionWith(All);
        }
        catch (CheckpointException exception)
        {
            // The partitions have weights and snapshot: the next round goes on from theirs.
            _isDamaged = true;
            LogDamaged(exception, Stream);
        }
    }

    private Task OnTimer(CancellationToken cancellationToken)
    {
        BeginIfDue();
        if (_waiting.Count > 0 && _fault is null && _running.IsCompleted) _running = OfferAsync();
        return Task.CompletedTask;
    }

    private void BeginIfDue()
    {
        if (_fault is not null || !_running.IsCompleted) return;
        var samples = _samples.Values.Sum();
        var isFirst = _record is null && !_isDamaged;
        var needed = isFirst ? _options.WarmUp : _record?.Interval(_options) ?? _options.PublishInterval;
        if (samples >= needed || (_isUrgent && !isFirst)) Begin();
    }

    private void Begin() => _running = RoundAsync();

    private async Task RoundAsync()
    {
        // What is reported from here on counts for the next round, if it is not in this one.
        _samples.Clear();
        _isUrgent = false;
        var (begun, round, record) = (_services.Time.GetTimestamp(), Next, Array.Empty<byte>());
        try
        {
            if (_waiting.Count > 0) await OfferAsync();
            var outcome = await _runner.RunAsync(_record, _record is null && !_isDamaged, [.. All.Except(_waiting)]);
            if (outcome.Record is { } decided) record = await PublishAsync(decided, begun);
            else Undecided(outcome.Reason!);
        }
        catch (Exception exception)
        {
            // Whether it was written nobody knows: the next activation reads what is there.
            LogFailed(_services.LevelOf(exception, LogLevel.Warning), exception, Stream, round);
            Undecided(exception.Message);
            DeactivateOnIdle();
        }

        _endedAt = _services.Time.GetTimestamp();
        await _calls.EndAsync(new RoundAsk
        {
            Stream = Stream, Round = round, IsCollect = false, Question = record, Partitions = All,
        });
    }

    private async Task<byte[]> PublishAsync(RoundRecord record, long begun)
    {
        // For as long as a partition has not taken them over.
        var payload = await WriteAsync(_waiting.Count > 0 ? record with { Parts = _record!.Parts } : record);
        _duration = _services.Time.GetElapsedTime(begun);
        _services.RoundMetrics.Published(_duration.Value, _definition.Partitions - record.Participants.Length);
        LogPublished(Stream, record.Version, record.Participants.Length, _definition.Partitions, record.Accepted);
        return payload;
    }

    private async Task<byte[]> WriteAsync(RoundRecord record)
    {
        var payload = await _services.Executor.RunAsync(record.ToBytes, CancellationToken.None);
        _state.State = new CheckpointState { Payload = payload };
        await _state.WriteStateAsync();
        _state.State = new CheckpointState();
        (_record, _isDamaged) = (record, false);
        return payload;
    }

    private void Undecided(string reason)
    {
        _undecided++;
        _reason = reason;
        _services.RoundMetrics.Undecided();
        LogUndecided(Stream, reason);
    }

    private RoundStatus Status() => new()
    {
        Round = _record?.Version ?? 0,
        Participants = _record?.Participants.Length ?? 0,
        Partitions = _definition.Partitions,
        Accepted = _record?.Accepted ?? 0,
        Duration = _duration,
        Undecided = _undecided,
        Reason = _reason,
    };

    private void ThrowIfFaulted()
    {
        if (_fault is null) return;
        DeactivateOnIdle();
        throw _fault;
    }

    [LoggerMessage(
        Level = LogLevel.Debug,
        Message = "Stream {Stream}: round {Round} of {Participants} of {Partitions} partitions after {Accepted} accepted events")]
    private partial void LogPublished(string stream, long round, int participants, int partitions, long accepted);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: a round published nothing: {Reason}")]
    private partial void LogUndecided(string stream, string reason);

    [LoggerMessage(Message = "Stream {Stream}: round {Round} failed; the coordinator starts again from the store")]
    private partial void LogFailed(LogLevel level, Exception exception, string stream, long round);

    [LoggerMessage(Level = LogLevel.Error, Message = "The newest round of stream {Stream} cannot be read; going on from the partitions")]
    private partial void LogDamaged(Exception exception, string stream);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: the coordinator stops in the middle of round {Round}")]
    private partial void LogCutOff(string stream, long round);
}
