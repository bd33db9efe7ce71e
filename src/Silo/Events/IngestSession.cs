using DagmmStream.Silo.Api;
using DagmmStream.Silo.Scores;

namespace DagmmStream.Silo.Events;

/// <summary>What becomes of one request's events: routes them to partitions and gathers the reply, whose size is bounded.</summary>
internal sealed class IngestSession
{
    private readonly IngestLane?[] _lanes;
    private readonly Func<int, IngestSession, IngestLane> _open;
    private readonly HttpApiOptions _options;
    private readonly ScoreDetail _detail;
    private readonly Lock _tallying = new();
    private readonly List<Rejection> _rejections = [];
    private readonly List<ScoreView> _scores = [];
    private readonly SortedDictionary<int, PartitionRange> _ranges = [];
    private long _events;
    private long _rejected;
    private long _accepted;
    private long _duplicates;
    private long _anomalies;
    private long _warmingUp;
    private bool _truncated;

    public IngestSession(
        StreamDefinition definition, ScoreDetail detail, HttpApiOptions options, TimeProvider time,
        Func<int, IngestSession, IngestLane> open)
    {
        (Definition, _detail, _options, Time, _open) = (definition, detail, options, time, open);
        _lanes = new IngestLane?[definition.Partitions];
    }

    public StreamDefinition Definition { get; }

    public TimeProvider Time { get; }

    /// <summary>True when the caller chose the producer's name: it is then never changed.</summary>
    public bool NamesItsProducer { get; init; }

    /// <summary>True when all events are history.</summary>
    public bool IsBackFill { get; init; }

    /// <summary>True to end the request at the first event that does not fit.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The partition that gets all events; null to route them.</summary>
    public int? Partition { get; init; }

    /// <summary>The lanes that were used.</summary>
    public IEnumerable<IngestLane> Lanes => _lanes.OfType<IngestLane>();

    /// <summary>Reads the whole body. Events before a failure stay accepted; the failure tells how many.</summary>
    public async Task<IngestReply> RunAsync(IEventDecoder decoder, CancellationToken cancellationToken)
    {
        var row = new EventRow(Definition);
        try
        {
            while (await decoder.ReadAsync(row, cancellationToken))
            {
                if (row.Rejection is { } rejection) Reject(rejection);
                else await LaneOf(row).AddAsync(row, row.Time ?? EventTime.Of(Time.GetUtcNow()), cancellationToken);
            }

            foreach (var lane in Lanes) await lane.CompleteAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw await FailedAsync(e, row.Line);
        }

        return Reply(decoder.IgnoredColumns);
    }

    /// <summary>Counts an acknowledged batch.</summary>
    public void Acknowledge(int partition, ScoreBlock scores, int duplicates)
    {
        lock (_tallying)
        {
            _duplicates += duplicates;
            _accepted += scores.Count - duplicates;
            for (var i = 0; i < scores.Count; i++)
            {
                var score = scores[i];
                if (i >= duplicates) Count(score);
                Keep(partition, score);
                Extend(partition, score.Offset);
            }
        }
    }

    private void Count(in EventScore score)
    {
        if (score.Verdict == Verdict.Anomalous) _anomalies++;
        if (score.Verdict == Verdict.WarmingUp) _warmingUp++;
    }

    private void Keep(int partition, in EventScore score)
    {
        if (_detail == ScoreDetail.None || (_detail == ScoreDetail.Anomalies && score.Verdict != Verdict.Anomalous)) return;
        if (_scores.Count < _options.MaxScoresInReply) _scores.Add(ScoreView.Of(partition, score));
        else _truncated = true;
    }

    private void Extend(int partition, long offset)
    {
        if (!_ranges.TryGetValue(partition, out var range) || range.FirstOffset < 0)
            _ranges[partition] = new PartitionRange(partition, offset, offset + 1);
        else if (offset >= range.NextOffset)
            _ranges[partition] = range with { NextOffset = offset + 1 };
        else if (offset >= 0 && offset < range.FirstOffset)
            _ranges[partition] = range with { FirstOffset = offset };
    }

    private void Reject(Rejection rejection)
    {
        _rejected++;
        if (IsStrict) throw new DagmmStreamException(ErrorCode.InvalidEvent, $"line {rejection.Line}: {rejection.Message}");
        if (_rejections.Count < _options.MaxRejectionsInReply) _rejections.Add(rejection);
    }

    private IngestLane LaneOf(EventRow row)
    {
        // Round robin by position, so that the same body goes the same way when it is sent again.
        var partition = Partition ?? (row.Key is { } key
            ? Client.Producing.KeyRouter.Partition(key, Definition.Partitions)
            : (int)(_events % Definition.Partitions));
        _events++;
        return _lanes[partition] ??= _open(partition, this);
    }

    private async Task<ApiException> FailedAsync(Exception cause, long line)
    {
        // What is on its way is waited for: the numbers must be true.
        foreach (var lane in Lanes)
        {
            try
            {
                if (IsStrict) await lane.SettleAsync();
                else await lane.CompleteAsync(CancellationToken.None);
            }
            catch (Exception e) when (e is ApiException or DagmmStreamException or Orleans.Runtime.OrleansException or TimeoutException)
            {
                // The first failure is the one to tell.
                continue;
            }
        }

        var problem = Problems.Of(cause);
        lock (_tallying)
        {
            problem.Extensions["accepted"] = _accepted;
            problem.Extensions["duplicates"] = _duplicates;
            problem.Extensions["rejected"] = _rejected;
            problem.Extensions["line"] = line;
        }

        return problem;
    }

    private IngestReply Reply(IReadOnlyList<string> ignored)
    {
        if (_accepted + _duplicates == 0 && _rejected > 0)
        {
            var problem = new ApiException(
                StatusCodes.Status422UnprocessableEntity, "all-events-rejected", "No event was accepted",
                $"{_rejected} events, and none fits stream \"{Definition.Name}\"; line {_rejections[0].Line}: {_rejections[0].Message}");
            problem.Extensions["rejected"] = _rejected;
            problem.Extensions["rejections"] = _rejections;
            throw problem;
        }

        return new IngestReply
        {
            Accepted = _accepted,
            Duplicates = _duplicates,
            Rejected = _rejected,
            Anomalies = _anomalies,
            WarmingUp = _warmingUp,
            Partitions = [.. _ranges.Values],
            Rejections = [.. _rejections],
            IgnoredColumns = [.. ignored],
            // Partitions answer in any order; the reply to a repeated request should not.
            Scores = [.. _scores.OrderBy(score => score.Partition).ThenBy(score => score.Offset)],
            ScoresTruncated = _truncated,
        };
    }
}
