using System.Collections.Immutable;
using DagmmStream.Grains.Models;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Streaming;
using Microsoft.Extensions.Logging;

namespace DagmmStream.Grains.Rounds;

/// <content>
/// Puts another model in the place of the stream's. It becomes the newest round, written before anybody has it, so that it is wholly there
/// or not at all; a partition takes it over by starting again from its checkpoint.
/// </content>
internal sealed partial class RoundGrain
{
    /// <summary>Partitions that are not known to have the model that was put in place: rounds are without them.</summary>
    private readonly SortedSet<int> _waiting = [];

    public Task<long> KeepModelAsync(CancellationToken cancellationToken) =>
        BetweenRoundsAsync(() => KeepAllAsync("asked for", mustAll: true), cancellationToken);

    public Task<long> ImportModelAsync(byte[] payload, CancellationToken cancellationToken) =>
        BetweenRoundsAsync(() => ReplaceAsync([payload], isOwn: false), cancellationToken);

    public Task<long> RollBackModelAsync(long version, CancellationToken cancellationToken) => BetweenRoundsAsync(
        async () =>
        {
            var kept = await Task.WhenAll(All.Select(
                partition => _services.Models.ReadAsync(new PartitionId(Stream, partition), version, CancellationToken.None)));
            if (Array.TrueForAll(kept, one => one is null))
            {
                throw new DagmmStreamException(
                    ErrorCode.NotKept, $"version {version} of stream \"{Stream}\" is not kept; list the versions that are");
            }

            return await ReplaceAsync([.. kept.Select(one => one ?? [])], isOwn: true);
        }, cancellationToken);

    /// <summary>A round that runs is waited for, and none begins meanwhile: no round can put the old model over the new one.</summary>
    private async Task<long> BetweenRoundsAsync(Func<Task<long>> work, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        while (!_running.IsCompleted) await _running.WaitAsync(cancellationToken);
        ThrowIfFaulted();
        var working = work();
        _running = Task.WhenAny(working);
        return await working.WaitAsync(cancellationToken);
    }

    private async Task<long> ReplaceAsync(ImmutableArray<byte[]> parts, bool isOwn)
    {
        var learners = await _services.Executor.RunAsync(
            () => parts.Where(part => part.Length > 0 || !isOwn)
                .Select(part => ReplacementModel.Read(part, _definition, _services, isOwn).Learner).ToList(),
            CancellationToken.None);
        var kept = await KeepAllAsync("before another was taken", mustAll: false);
        var version = Math.Max(Math.Max(kept, _record?.Version ?? 0), learners.Max(learner => learner.Snapshot!.Version)) + 1;
        var record = await _services.Executor.RunAsync(
            () => StreamLearner.Replacement(learners, _options, version, _definition.Seed) with { Parts = parts }, CancellationToken.None);
        try
        {
            await WriteAsync(record);
        }
        catch (Exception exception)
        {
            // Whether it was written nobody knows: the next activation reads what is there.
            LogFailed(_services.LevelOf(exception, LogLevel.Warning), exception, Stream, version);
            DeactivateOnIdle();
            throw new DagmmStreamException(
                ErrorCode.StoreUnavailable, $"the model could not be written ({exception.Message}); try again", isTransient: true);
        }

        _waiting.UnionWith(All);
        _samples.Clear();
        _isUrgent = false;
        LogReplaced(Stream, version);
        var begun = _services.Time.GetTimestamp();
        await OfferAsync();
        while (_waiting.Count > 0 && _services.Time.GetElapsedTime(begun) < _services.Options.RoundDeadline)
        {
            await Task.Delay(_services.Options.RetryAfter, _services.Time);
            await OfferAsync();
        }

        return version;
    }

    /// <summary>Keeps the models of all partitions.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="mustAll">False to go on without partitions that do not answer, or have none.</param>
    /// <returns>The newest version.</returns>
    private async Task<long> KeepAllAsync(string reason, bool mustAll)
    {
        var versions = await Task.WhenAll(All.Select(async partition =>
        {
            try
            {
                return await Partition<IPartitionModels>(partition).KeepModelAsync(reason, CancellationToken.None)
                    .WaitAsync(_services.Options.RoundDeadline, _services.Time);
            }
            catch (Exception exception) when (!mustAll)
            {
                LogNotAnswered(exception, Stream, partition);
                return 0;
            }
            catch (TimeoutException)
            {
                throw new DagmmStreamException(
                    ErrorCode.Overloaded, $"partition {partition} of stream \"{Stream}\" does not answer; try again", isTransient: true);
            }
        }));
        return versions.Max();
    }

    /// <summary>Asks the partitions that may not have the new model, once.</summary>
    private async Task OfferAsync()
    {
        // Those that do not have it start anew, and read the store.
        foreach (var partitions in _waiting.ToArray().Chunk(RoundReply.Fan)) await Task.WhenAll(partitions.Select(OfferAsync));
    }

    private async Task OfferAsync(int partition)
    {
        try
        {
            var hasTaken = await Partition<IRoundPartition>(partition).TakeOverAsync(_record!.Replaced)
                .WaitAsync(_services.Options.RoundDeadline, _services.Time);
            if (hasTaken) _waiting.Remove(partition);
        }
        catch (Exception exception)
        {
            // It is asked again, and takes the model from the store when it starts.
            LogNotAnswered(exception, Stream, partition);
        }
    }

    private T Partition<T>(int partition)
        where T : IGrainWithStringKey => _services.Grains.GetGrain<T>(new PartitionId(Stream, partition).ToString());

    [LoggerMessage(Level = LogLevel.Information, Message = "Stream {Stream}: another model was put in place as version {Version}")]
    private partial void LogReplaced(string stream, long version);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Stream {Stream}: partition {Partition} did not answer about its model")]
    private partial void LogNotAnswered(Exception exception, string stream, int partition);
}
