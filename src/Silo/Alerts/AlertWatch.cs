using DagmmStream.Storage.Alerts;

namespace DagmmStream.Silo.Alerts;

/// <summary>What one reader of live alerts has seen.</summary>
internal sealed class AlertWatch
{
    private Dictionary<long, Mark> _seen = [];

    /// <summary>The alerts that are new, or not as they were when they were last seen; the newest first.</summary>
    /// <param name="newest">The newest alerts.</param>
    public IReadOnlyList<AlertRecord> Changed(IReadOnlyList<AlertRecord> newest)
    {
        var marks = newest.ToDictionary(record => record.Number, Mark.Of);
        var changed = newest.Where(record => !_seen.TryGetValue(record.Number, out var mark) || mark != marks[record.Number]).ToArray();
        _seen = marks;
        return changed;
    }

    /// <summary>What of an alert can change.</summary>
    private readonly record struct Mark(
        AlertState State, long LastTime, long LastOffset, long Events, AlertPeak? Peak, bool IsSuppressed, DateTimeOffset? TakenAt,
        string? TakenBy, string? Note)
    {
        public static Mark Of(AlertRecord record)
        {
            var episode = record.Episode;
            return new Mark(
                episode.State, episode.LastTime, episode.LastOffset, episode.AnomalousEvents, episode.Peak, record.IsSuppressed,
                record.AcknowledgedAt, record.AcknowledgedBy, record.Note);
        }
    }
}
