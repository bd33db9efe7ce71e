using System.Collections.Immutable;
using System.Globalization;
using DagmmStream.Storage.Alerts;

namespace DagmmStream.Silo.Alerts;

/// <summary>An alert as the API and its messages show it.</summary>
/// <param name="Id">Identifies it for good.</param>
/// <param name="Stream">Name of the stream.</param>
/// <param name="Partition">Number of the partition.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Start">When it began: time of the first anomalous event, or of the last one before a silence.</param>
/// <param name="End">When it was over; null while it goes on.</param>
/// <param name="StartOffset">Offset of the first anomalous event; null for a silence.</param>
/// <param name="LastOffset">Offset of the newest event that belongs to it; null for a silence.</param>
/// <param name="AnomalousEvents">Anomalous events so far.</param>
/// <param name="Peak">The most anomalous event; null for a silence.</param>
/// <param name="Attributes">What the stream's policy says about its alerts.</param>
/// <param name="Link">Where a person sees it.</param>
public sealed record AlertView(
    string Id, string Stream, int Partition, AlertKind Kind, AlertState State, DateTimeOffset Start, DateTimeOffset? End,
    long? StartOffset, long? LastOffset, long AnomalousEvents, AlertPeakView? Peak, ImmutableSortedDictionary<string, string> Attributes,
    string Link)
{
    /// <summary>True when nobody is told.</summary>
    public bool Suppressed { get; init; }

    /// <summary>When somebody took it; null when nobody did.</summary>
    public DateTimeOffset? AcknowledgedAt { get; init; }

    /// <summary>Who took it.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>What they wrote.</summary>
    public string? Note { get; init; }

    internal static AlertView Of(AlertRecord record, string address) => Of(record.Episode, address) with
    {
        Suppressed = record.IsSuppressed,
        AcknowledgedAt = record.AcknowledgedAt,
        AcknowledgedBy = record.AcknowledgedBy,
        Note = record.Note,
    };

    internal static AlertView Of(AlertEpisode episode, string address)
    {
        var isSilence = episode.Kind == AlertKind.Silence;
        return new AlertView(
            episode.Id, episode.Stream, episode.Partition, episode.Kind, episode.State, Time(episode.StartTime),
            episode.IsOpen ? null : Time(episode.LastTime), isSilence ? null : episode.StartOffset,
            isSilence ? null : episode.LastOffset, episode.AnomalousEvents,
            episode.Peak is { } peak ? new AlertPeakView(peak.Offset, Time(peak.Time), peak.Energy, peak.Score, peak.PValue) : null,
            episode.Attributes, LinkTo(episode, address));
    }

    private static string LinkTo(AlertEpisode episode, string address)
    {
        var point = episode.Peak is { } peak ? string.Create(CultureInfo.InvariantCulture, $"?point={peak.Offset}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"{address}/#/stream/{episode.Stream}/{episode.Partition}{point}");
    }

    private static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);
}
