using System.Runtime.InteropServices;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Storage.Scores;

namespace DagmmStream.Grains.Partitions;

/// <content>Why an event has its score.</content>
internal sealed partial class PartitionGrain
{
    /// <summary>Flags that a decision sets: another decision sets its own.</summary>
    private const EventFlags Decided = EventFlags.Suppressed | EventFlags.Raised;

    public Task<ScoreBlock> ProbeAsync(ProbeEvent probe, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        return Task.FromResult(ScoreBlock.From([ScoreProbe(probe, out _)]));
    }

    public async Task<EventExplanation> ExplainAsync(long offset, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        if (await FindExplanationAsync(offset, cancellationToken) is { } kept) return kept;
        var row = RecentRow(offset);
        var snapshot = RequireSnapshot();
        var given = _ring.Read(offset, 1)[0];
        var score = _scorer.Score(row, offset, given.Time, given.Sequence, given.Flags & ~Decided);
        return _explainer.Explain(snapshot, score, row);
    }

    public Task<EventExplanation> ExplainProbeAsync(ProbeEvent probe, CancellationToken cancellationToken)
    {
        ThrowIfFaulted();
        var score = ScoreProbe(probe, out var row);
        return Task.FromResult(_explainer.Explain(RequireSnapshot(), score, row));
    }

    /// <summary>The explanation that was kept when an event was scored; null if it was no anomaly, or is too old.</summary>
    private async Task<EventExplanation?> FindExplanationAsync(long offset, CancellationToken cancellationToken)
    {
        if (offset < 0 || offset >= _ring.NextOffset)
            throw NotKept($"partition {_id} has no event {offset}; its offsets are 0 to {_ring.NextOffset - 1}");
        var stored = await _services.History.ReadExplanationsAsync(_id, offset, 1, cancellationToken);
        return stored.Count > 0 && stored[0].Offset == offset ? _explainer.Read(stored[0]) : null;
    }

    /// <summary>What the model was given for a recent event.</summary>
    private ReadOnlySpan<float> RecentRow(long offset)
    {
        if (offset >= _ring.FirstOffset && _inputs.Recent.TryGet(offset, out var row)) return row;
        throw NotKept(
            $"the features of event {offset} of partition {_id} are no longer kept: those of anomalies are, and those of the newest "
            + $"{_services.Options.ExplainableEvents} events, now from offset {_inputs.Recent.FirstOffset} on");
    }

    private EventScore ScoreProbe(ProbeEvent probe, out float[] row)
    {
        BatchValidator.ValidateEvent(probe, _definition, _inputs.Columns);
        var time = probe.Time ?? (_services.Time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        row = _inputs.Probe(probe, time, out var flags);
        return _scorer.Score(row, -1, time, -1, flags);
    }

    /// <summary>Explains the anomalies of a batch while the snapshot that scored them stands.</summary>
    private List<StoredExplanation> ExplainAnomalies(ScoreBlock scores, int anomalies, ReadOnlyMemory<byte> inputs)
    {
        var explanations = new List<StoredExplanation>(anomalies);
        var width = _scorer.Width;
        var values = MemoryMarshal.Cast<byte, float>(inputs.Span);
        for (var i = 0; i < scores.Count && explanations.Count < anomalies; i++)
        {
            var score = scores[i];
            if (score.Verdict != Verdict.Anomalous) continue;
            explanations.Add(_explainer.Store(_explainer.Explain(_scorer.Snapshot!, score, values.Slice(i * width, width))));
        }

        return explanations;
    }

    private ModelSnapshot RequireSnapshot() => _scorer.Snapshot ?? throw NotKept(
        $"partition {_id} has no snapshot yet ({_trainer.Report.WarmUpSeen} of {PartitionModel.Of(_definition).Options.WarmUp} events): "
        + "explain events once it has");

    private static DagmmStreamException NotKept(string message) => new(ErrorCode.NotKept, message);
}
