using System.Buffers;
using System.Globalization;
using System.Text.Json;
using DagmmStream.Client.Http;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Events;

namespace DagmmStream.Silo.Scores;

/// <summary>Scores as a file: NDJSON or CSV, written while they are read.</summary>
internal static class ScoreExport
{
    // The response is flushed after so many lines, so that a slow reader slows the reading and memory stays flat.
    private const int LinesPerFlush = 512;
    private static readonly string[] Columns =
        ["partition", "offset", "time", "energy", "score", "pValue", "verdict", "snapshotVersion", "flags"];

    public static async Task WriteNdjsonAsync(
        IAsyncEnumerable<EventScore> scores, int partition, HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = EventEndpoints.Ndjson;
        using var json = new Utf8JsonWriter(response.BodyWriter);
        var lines = 0;
        await foreach (var score in scores.WithCancellation(cancellationToken))
        {
            JsonSerializer.Serialize(json, ScoreView.Of(partition, score), WireJson.Options);
            await json.FlushAsync(cancellationToken);
            json.Reset();
            response.BodyWriter.Write("\n"u8);
            if (++lines % LinesPerFlush == 0) await response.BodyWriter.FlushAsync(cancellationToken);
        }

        await response.BodyWriter.FlushAsync(cancellationToken);
    }

    public static async Task WriteCsvAsync(
        IAsyncEnumerable<EventScore> scores, int partition, HttpResponse response, CancellationToken cancellationToken)
    {
        response.ContentType = $"{EventEndpoints.Csv}; charset=utf-8; header=present";
        await using var writer = new StreamWriter(response.Body, leaveOpen: true);
        await writer.WriteLineAsync(string.Join(',', Columns));
        await foreach (var score in scores.WithCancellation(cancellationToken)) await writer.WriteLineAsync(Line(partition, score));
        await writer.FlushAsync(cancellationToken);
    }

    // Numbers, times and words of our own: nothing to escape.
    private static string Line(int partition, in EventScore score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{partition},{score.Offset},{score.Timestamp.UtcDateTime:O},{Number(score.Energy)},{Number(score.Score)},{Number(score.PValue)},"
        + $"{ApiWord.Of(score.Verdict)},{score.SnapshotVersion},{(int)score.Flags}");

    private static string Number(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : "";
}
