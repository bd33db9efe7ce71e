using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Connection;
using DagmmStream.Cli.Csv;
using DagmmStream.Cli.Streams;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;
using Spectre.Console;

namespace DagmmStream.Cli.Replay;

/// <summary><c>dagmm replay</c>.</summary>
internal sealed class ReplayCommand
{
    // Training what is queued, then a checkpoint, at the end of a replay: minutes with a large model.
    private static readonly TimeSpan CheckpointTimeout = TimeSpan.FromMinutes(10);
    // The smallest bound: a file is pushed as fast as it is learned, and events should be scored by a model that knows what came before.
    private const int TrainingQueue = 1024;
    private readonly Argument<FileInfo> _file = new("FILE") { Description = "CSV file; .gz is read as gzip." };
    private readonly Option<string?> _stream = new("--stream") { Description = "Name of the stream; by default the file's name." };
    private readonly Option<string?> _label = new("--label-column") { Description = "Column of the label, by name or number from 0." };
    private readonly Option<string?> _anomaly = new("--anomaly-label") { Description = "Label of anomalies; by default any number but 0." };
    private readonly Option<string?> _time = new("--time-column") { Description = "Column of the time, ISO 8601 or seconds since 1970." };
    private readonly Option<string?> _columns =
        new("--columns") { Description = "Feature columns, separated by commas; default all numeric." };
    private readonly Option<bool> _noHeader = new("--no-header") { Description = "The first line is data; columns are c0, c1, …" };
    private readonly Option<string?> _producer = new("--producer") { Description = "Name of the producer; default from stream and file." };
    private readonly Option<long> _limit =
        new("--limit") { Description = "At most so many events.", DefaultValueFactory = _ => long.MaxValue };
    private readonly Option<string?> _scores = new("--scores") { Description = "Write every score to this CSV file." };
    private readonly Option<bool> _backFill = new("--back-fill") { Description = "History: learn it and raise no alarm." };
    private readonly Option<OutputFormat> _format = new("--output", "-o") { Description = "table, json or csv." };
    private readonly ConnectionOptions _connection = new();
    private readonly StreamOptions _model = new(LearningPolicy.Every, TrainingQueue);

    public static Command Build(CliConsole console)
    {
        var options = new ReplayCommand();
        var command = new Command("replay", "Pushes a CSV file through a stream; run again to resume.")
        {
            options._file, options._stream, options._label, options._anomaly, options._time, options._columns, options._noHeader,
            options._producer, options._limit, options._scores, options._backFill, options._format,
        };
        options._file.AcceptExistingOnly();
        options._limit.Require(value => value >= 1, "use at least 1.");
        options._connection.AddTo(command);
        options._model.AddTo(command);
        command.SetAction((parsed, token) => options.RunAsync(console, parsed, token));
        return command;
    }

    private async Task<int> RunAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken)
    {
        var file = parsed.GetValue(_file)!;
        var name = parsed.GetValue(_stream) ?? DefaultName(file);
        var options = new ReplayOptions
        {
            File = file.FullName,
            Csv = ReadCsvOptions(parsed),
            Producer = parsed.GetValue(_producer) ?? $"replay:{name}:{file.Name}",
            Limit = parsed.GetValue(_limit),
            ScoresFile = parsed.GetValue(_scores),
            IsBackFill = parsed.GetValue(_backFill),
        };
        var client = new DagmmStreamClientOptions { ProducerId = options.Producer, CallTimeout = CheckpointTimeout };
        await using var service = await _connection.OpenAsync(parsed, client, cancellationToken);
        var runner = new ReplayRunner(service.Client, options, console, TimeProvider.System);
        var summary = await runner.RunAsync(schema => _model.Read(parsed, name, schema.Features), cancellationToken);
        await WriteAsync(console, summary, parsed.GetValue(_format));
        return summary.Errors == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private CsvOptions ReadCsvOptions(ParseResult parsed) => new()
    {
        HasHeader = !parsed.GetValue(_noHeader),
        LabelColumn = parsed.GetValue(_label),
        AnomalyLabel = parsed.GetValue(_anomaly),
        TimeColumn = parsed.GetValue(_time),
        Columns = parsed.GetValue(_columns)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        TextFeatures = _model.Inputs.TextFeatures(parsed),
        AllowMissing = _model.Inputs.Missing(parsed) != MissingPolicy.Reject,
    };

    private static string DefaultName(FileInfo file)
    {
        var stem = file.Name.Split('.')[0].ToLowerInvariant();
        var name = string.Concat(stem.Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' ? c : '-'));
        return name.TrimStart('-', '_') is { Length: > 0 } usable ? usable : "replay";
    }

    private static async Task WriteAsync(CliConsole console, ReplaySummary summary, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            await console.Output.WriteLineAsync(CliJson.Write(summary));
            return;
        }

        var rows = new (string Name, object? Value)[]
        {
            ("events", summary.Events), ("acknowledged", summary.Acknowledged), ("rejected", summary.Rejected),
            ("duplicates", summary.Duplicates), ("steps", summary.Steps), ("checkpoints", summary.Checkpoints),
            ("snapshotVersion", summary.SnapshotVersion), ("rocAuc", summary.RocAuc), ("averagePrecision", summary.AveragePrecision),
            ("eventsPerSecond", summary.EventsPerSecond), ("errors", summary.Errors),
        };
        if (format == OutputFormat.Csv)
        {
            await console.Output.WriteLineAsync(string.Join(',', rows.Select(row => row.Name)));
            await console.Output.WriteLineAsync(string.Join(',', rows.Select(row => Text(row.Value))));
            return;
        }

        var table = new Table().AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        foreach (var (name, value) in rows) table.AddRow(name, value is null ? "-" : Text(value));
        console.OutputTables.Write(table);
    }

    private static string Text(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
