using DagmmStream.Grains.Partitions;
using DagmmStream.Storage;
using DagmmStream.Storage.Alerts;

namespace DagmmStream.Grains.Alerts;

/// <summary>The alerts of one partition, and of the stream's silence where it is the partition that watches. Used on the grain's turn
/// only.</summary>
internal sealed class PartitionAlerts
{
    // How many scores are read back from the store at once.
    private const int HistoryPage = 1024;
    private readonly PartitionId _id;
    private readonly PartitionServices _services;
    private readonly EpisodeMachine _episodes;
    private readonly SilenceMachine _silence;
    private readonly DateTimeOffset _since;
    private readonly PartitionHandle _handle;

    private PartitionAlerts(PartitionId id, PartitionServices services, PartitionHandle handle, AlertPolicy policy)
    {
        (_id, _services, _handle) = (id, services, handle);
        _episodes = new EpisodeMachine(id, policy);
        _silence = new SilenceMachine(id);
        _since = services.Time.GetUtcNow();
    }

    /// <summary>When the newest event arrived here; null before the first one since activation.</summary>
    public DateTimeOffset? LastArrival { get; private set; }

    /// <summary>Alerts that go on.</summary>
    public int Raised => (_episodes.Open is { State: AlertState.Raised } ? 1 : 0) + (_silence.Open is null ? 0 : 1);

    private AlertPolicy Policy => _episodes.Policy;

    /// <summary>Goes on where the last activation was: the open episode as it was stored, and the scores behind it.</summary>
    /// <param name="handle">The partition.</param>
    /// <param name="services">What partitions share.</param>
    /// <param name="nextOffset">Scores below this offset are committed.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public static async Task<PartitionAlerts> RestoreAsync(
        PartitionHandle handle, PartitionServices services, long nextOffset, CancellationToken cancellationToken)
    {
        var id = handle.Partition;
        var policy = await services.Alerts.FindPolicyAsync(id.Stream, cancellationToken) ?? AlertPolicy.Default;
        var alerts = new PartitionAlerts(id, services, handle, policy);
        foreach (var episode in await services.Alerts.ReadOpenAsync(id, cancellationToken))
        {
            if (episode.Kind == AlertKind.Silence) alerts._silence.Open = episode;
            else await alerts.ResumeAsync(episode, nextOffset, cancellationToken);
        }

        return alerts;
    }

    /// <summary>Takes the scores of a batch, in offset order.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="anomalies">How many of them are anomalous.</param>
    /// <returns>What is to be committed with them.</returns>
    public IReadOnlyList<AlertChange> Observe(ScoreBlock scores, int anomalies)
    {
        LastArrival = _services.Time.GetUtcNow();
        return anomalies == 0 && _episodes.Open is null ? [] : Changes(_episodes.Observe(scores));
    }

    /// <summary>Reads the policy again.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task ReloadAsync(CancellationToken cancellationToken) =>
        _episodes.Policy = await _services.Alerts.FindPolicyAsync(_id.Stream, cancellationToken) ?? AlertPolicy.Default;

    /// <summary>Looks whether the stream is silent, and stores what has changed.</summary>
    /// <param name="elsewhere">When the newest event arrived at the stream's other partitions; null for never.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    public async Task CheckSilenceAsync(DateTimeOffset? elsewhere, CancellationToken cancellationToken)
    {
        var watched = _silence.Open is { } open ? DateTimeOffset.UnixEpoch.AddMicroseconds(open.StartTime) : _since;
        DateTimeOffset[] arrivals = [watched, LastArrival ?? watched, elsewhere ?? watched];
        if (_silence.Check(Policy, arrivals.Max(), _services.Time.GetUtcNow()) is not { } change) return;
        await _services.Alerts.SaveAsync(_handle, Changes([change]), cancellationToken);
        _silence.Open = change.Episode.IsOpen ? change.Episode : null;
    }

    private async Task ResumeAsync(AlertEpisode episode, long nextOffset, CancellationToken cancellationToken)
    {
        _episodes.Resume(episode);
        for (var from = episode.LastOffset + 1; from < nextOffset;)
        {
            var page = await _services.History.ReadAsync(_id, from, HistoryPage, cancellationToken);
            if (page.Count == 0) return;
            // Nothing, unless the policy has changed since.
            if (_episodes.Observe(page) is { Count: > 0 } changes)
                await _services.Alerts.SaveAsync(_handle, Changes(changes), cancellationToken);
            from = page[page.Count - 1].Offset + 1;
        }
    }

    private AlertChange[] Changes(IReadOnlyList<EpisodeChange> changes)
    {
        var now = _services.Time.GetUtcNow();
        var isSuppressed = now < Policy.SuppressedUntil;
        foreach (var (episode, transition) in changes)
            if (transition != AlertTransition.Updated) _services.Metrics.Alert(_id.Stream, episode.Kind, transition);
        return
        [
            .. changes.Select(change => new AlertChange(
                change.Episode, change.Transition, now, isSuppressed, [.. Policy.Webhooks.Select(webhook => webhook.Name)])),
        ];
    }
}
