using DagmmStream.Cli.Csv;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;

namespace DagmmStream.Cli.Replay;

/// <summary>
/// Replays a file through the client SDK. Sequence numbers are the numbers of the readable rows, so that the producer's watermark says
/// where
/// an interrupted replay goes on.
/// </summary>
/// <param name="client">The client; its producer is <see cref="ReplayOptions.Producer"/>.</param>
/// <param name="options">What is replayed.</param>
/// <param name="console">Messages and progress.</param>
/// <param name="time">Clock of the rate.</param>
public sealed class ReplayRunner(DagmmStreamClient client, ReplayOptions options, CliConsole console, TimeProvider time)
{
    private const int ShownBadLines = 10;
    private const int HistoryPage = 8192;
    private readonly ReplayScores _scores = new();
    private readonly ReplayProgress _progress = new(console, time);
    private long _acknowledged;
    private long _duplicates;
    private long _anomalies;
    private int _errors;
    private int _shown;

    /// <summary>Runs the replay to its end: all acknowledged, trained and checkpointed.</summary>
    /// <param name="define">Makes the stream's definition from the file's feature names, if the stream is missing.</param>
    /// <param name="cancellationToken">Interrupts; run again to resume.</param>
    /// <returns>The figures.</returns>
    /// <exception cref="CsvFormatException">The file cannot be replayed.</exception>
    /// <exception cref="DagmmStreamException">The stream has another schema, or the service refuses for good.</exception>
    public async Task<ReplaySummary> RunAsync(Func<CsvSchema, StreamDefinition> define, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(define);
        using var reader = EventCsvReader.Open(options.File, options.Csv, Report);
        if (reader.Schema.Dropped.Length > 0)
            await console.Error.WriteLineAsync($"columns left out, not numeric: {string.Join(", ", reader.Schema.Dropped)}");
        var stream = await OpenStreamAsync(define(reader.Schema), cancellationToken);
        var watermark = await stream.GetWatermarkAsync(options.Producer, cancellationToken: cancellationToken);
        if (watermark >= 0) await console.Error.WriteLineAsync($"resuming after {watermark + 1:N0} accepted events");

        var begun = time.GetTimestamp();
        PartitionStatus? status = null;
        await _progress.RunAsync(async () =>
        {
            await PushAsync(stream, reader, watermark, cancellationToken);
            status = await stream.CheckpointAsync(cancellationToken: cancellationToken);
        });
        var rate = _acknowledged / Math.Max(time.GetElapsedTime(begun).TotalSeconds, 1e-3);
        return await SummarizeAsync(stream, reader, status!, Math.Min(watermark + 1, _scores.Count), rate, cancellationToken);
    }

    private async Task<StreamClient> OpenStreamAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        var existing = await client.FindStreamAsync(definition.Name, cancellationToken);
        if (existing is null)
        {
            await client.CreateStreamAsync(definition, cancellationToken);
        }
        else if (!existing.Features.AsSpan().SequenceEqual(definition.Features.AsSpan()))
        {
            throw new DagmmStreamException(
                ErrorCode.StreamConflict,
                $"stream \"{existing.Name}\" has the features {string.Join(", ", existing.Features)}, the file has "
                + $"{string.Join(", ", definition.Features)}: choose others with --columns, or another stream with --stream");
        }
        else if (definition.Features.FirstOrDefault(name => !IsAlike(existing, definition, name)) is { } feature)
        {
            var (theirs, ours) = (existing.Inputs.TypeOf(feature), definition.Inputs.TypeOf(feature));
            throw new DagmmStreamException(
                ErrorCode.StreamConflict,
                $"feature \"{feature}\" of stream \"{existing.Name}\" is {theirs.Kind} (missing: {theirs.Missing}), not {ours.Kind} "
                + $"(missing: {ours.Missing}): give the options that the stream was made with, or another stream with --stream");
        }
        else if (existing.Partitions > 1)
        {
            throw new DagmmStreamException(
                ErrorCode.StreamConflict,
                $"stream \"{existing.Name}\" has {existing.Partitions} partitions: a replay resumes by one sequence, "
                + "use a stream with one");
        }

        return client.Stream(definition.Name);
    }

    // How the file is read must fit; what the model makes of it is the stream's own business.
    private static bool IsAlike(StreamDefinition existing, StreamDefinition definition, string feature)
    {
        var (theirs, ours) = (existing.Inputs.TypeOf(feature), definition.Inputs.TypeOf(feature));
        return theirs.Kind == ours.Kind && theirs.Missing == ours.Missing;
    }

    private async Task PushAsync(StreamClient stream, EventCsvReader reader, long watermark, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var acknowledgement in stream.PushAsync(RowsAsync(reader, watermark), cancellationToken))
            {
                _acknowledged += acknowledgement.Count;
                _duplicates += acknowledgement.Duplicates;
                for (var i = 0; i < acknowledgement.Count; i++)
                {
                    var score = acknowledgement.Scores[i];
                    if (score.Verdict == Verdict.Anomalous) _anomalies++;
                    _scores.Set(score);
                }

                await _progress.ReportAsync(reader.Progress, _acknowledged, _anomalies);
            }
        }
        catch (DagmmStreamException e)
        {
            _errors++;
            await console.Error.WriteLineAsync($"dagmm: {e.Message}; run the same command again to resume");
        }
    }

    private async IAsyncEnumerable<StreamEvent> RowsAsync(EventCsvReader reader, long watermark)
    {
        // The first rows are read on the caller's thread otherwise: yield once, so that acknowledgements are read meanwhile.
        await Task.Yield();
        for (long sequence = 0; sequence < options.Limit && reader.TryRead(out var row); sequence++)
        {
            _scores.Add(row.IsAnomaly, row.Time);
            if (sequence > watermark)
                yield return new StreamEvent(row.Time, row.Features) { IsBackFill = options.IsBackFill, Categories = row.Categories };
        }
    }

    private async Task<ReplaySummary> SummarizeAsync(
        StreamClient stream, EventCsvReader reader, PartitionStatus status, long earlier, double rate, CancellationToken cancellationToken)
    {
        var labelled = reader.Schema.LabelColumn >= 0;
        if (labelled || options.ScoresFile is not null) await ReadBackAsync(stream, status.Accepted, cancellationToken);
        var (auc, precision) = labelled ? _scores.Evaluate() : (double.NaN, double.NaN);
        if (options.ScoresFile is { } file) await WriteScoresAsync(file, cancellationToken);
        if (reader.BadLines > ShownBadLines) await console.Error.WriteLineAsync($"{reader.BadLines:N0} lines left out in all");
        return new ReplaySummary(
            _scores.Count, earlier + _acknowledged, reader.BadLines, _duplicates, status.Steps, status.Checkpoints, status.SnapshotVersion,
            CliJson.Number(auc), CliJson.Number(precision), Math.Round(rate, 1), _errors);
    }

    // Scores of events that an earlier run pushed, or whose reply was lost, stand in the service's history.
    private async Task ReadBackAsync(StreamClient stream, long accepted, CancellationToken cancellationToken)
    {
        if (!Enumerable.Range(0, _scores.Count).Any(_scores.IsMissing)) return;
        for (long offset = 0; offset < accepted;)
        {
            var page = await stream.GetScoresAsync(offset, HistoryPage, cancellationToken: cancellationToken);
            if (page.Count == 0) return;
            foreach (var score in page) _scores.Set(score);
            offset = page[^1].Offset + 1;
        }
    }

    private async Task WriteScoresAsync(string file, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(file);
        await writer.WriteLineAsync($"{ScoreFormatter.CsvHeader},label");
        foreach (var (score, label) in _scores.Rows())
            await writer.WriteLineAsync($"{ScoreFormatter.Csv(score)},{(label ? 1 : 0)}".AsMemory(), cancellationToken);
    }

    private void Report(BadLine bad)
    {
        if (_shown++ < ShownBadLines) console.Error.WriteLine($"line {bad.Line}: {bad.Reason}; left out");
    }
}
