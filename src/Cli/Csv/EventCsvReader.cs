using System.Globalization;
using System.IO.Compression;
using CsvHelper;
using CsvHelper.Configuration;

namespace DagmmStream.Cli.Csv;

/// <summary>
/// Reads events from a CSV file, gzip-compressed when its name ends in ".gz". A line that cannot be read is reported and left out; the
/// file goes on. What is read depends on nothing but the file and the options, so that a replay can resume by counting.
/// </summary>
public sealed class EventCsvReader : IDisposable
{
    // Time of the first row of a file without times: 2000-01-01, one second per row.
    private static readonly DateTimeOffset FirstRow = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly FileStream _file;
    private readonly StreamReader _text;
    private readonly CsvParser _parser;
    private readonly CsvOptions _options;
    private readonly Action<BadLine> _report;
    private bool _pending;
    private long _row;

    private EventCsvReader(FileStream file, StreamReader text, CsvOptions options, Action<BadLine> report)
    {
        _file = file;
        _text = text;
        _options = options;
        _report = report;
        _parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = null,
            Mode = CsvMode.RFC4180,
            TrimOptions = TrimOptions.Trim,
            IgnoreBlankLines = true,
        });
        Schema = ReadSchema();
    }

    /// <summary>Which columns are what.</summary>
    public CsvSchema Schema { get; }

    /// <summary>Lines left out so far.</summary>
    public long BadLines { get; private set; }

    /// <summary>Share of the file's bytes that is read, 0 to 1.</summary>
    public double Progress => _file.Length == 0 ? 1 : (double)_file.Position / _file.Length;

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="report">Receives every line that is left out.</param>
    /// <returns>The reader, at the first line of data.</returns>
    /// <exception cref="CsvFormatException">The file has no data, or not the columns that were named.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EventCsvReader Open(string path, CsvOptions options, Action<BadLine> report)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        var file = File.OpenRead(path);
        var text = new StreamReader(path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase)
            ? new GZipStream(file, CompressionMode.Decompress) : file);
        try
        {
            return new EventCsvReader(file, text, options, report);
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    /// <summary>Reads on to the next readable line.</summary>
    /// <param name="row">The line.</param>
    /// <returns>False at the end of the file.</returns>
    public bool TryRead(out CsvRow row)
    {
        while (_pending || _parser.Read())
        {
            _pending = false;
            var time = FirstRow.AddSeconds(_row++);
            if (Parse(_parser.Record!, time, out row) is not { } reason) return true;
            BadLines++;
            _report(new BadLine(_parser.RawRow, reason));
        }

        row = default;
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parser.Dispose();
        _text.Dispose();
    }

    private CsvSchema ReadSchema()
    {
        if (!_parser.Read()) throw new CsvFormatException("the file is empty");
        var header = _parser.Record!;
        if (!_options.HasHeader)
        {
            _pending = true;
            return CsvSchema.Detect([.. header.Select((_, i) => $"c{i}")], header, _options);
        }

        if (!_parser.Read()) throw new CsvFormatException("the file has a header and no data; with --no-header its first line is data");
        _pending = true;
        return CsvSchema.Detect(header, _parser.Record!, _options);
    }

    private string? Parse(string[] fields, DateTimeOffset time, out CsvRow row)
    {
        row = default;
        if (fields.Length != Schema.ColumnCount) return $"{fields.Length} columns, expected {Schema.ColumnCount}";
        var (features, names) = (new float[Schema.FeatureColumns.Length], new List<string?>());
        for (var i = 0; i < features.Length; i++)
        {
            var field = fields[Schema.FeatureColumns[i]];
            if (Schema.IsText[i]) names.Add(field.Length == 0 ? null : field);
            if (ParseValue(i, field, out features[i]) is { } reason) return $"column {Schema.Features[i]}: {reason}";
        }

        if (Schema.TimeColumn >= 0 && !TryTime(fields[Schema.TimeColumn], out time))
            return $"time column: \"{fields[Schema.TimeColumn]}\" is neither ISO 8601 nor seconds since 1970";
        var anomaly = false;
        if (Schema.LabelColumn >= 0 && !TryLabel(fields[Schema.LabelColumn], out anomaly))
            return $"label column: \"{fields[Schema.LabelColumn]}\" is not a number; name the anomalies' label with --anomaly-label";
        row = new CsvRow(time, features, anomaly) { Categories = names.ToArray() };
        return null;
    }

    private string? ParseValue(int feature, string field, out float value)
    {
        value = float.NaN;
        if (field.Length == 0) return _options.AllowMissing ? null : "\"\" is not a number; let something stand in with --missing";
        if (Schema.IsText[feature]) return null;
        if (bool.TryParse(field, out var truth)) value = truth ? 1 : 0;
        else if (!float.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value)) return $"\"{field}\" is not a number";
        return float.IsFinite(value) ? null : $"\"{field}\" is not a finite 32-bit number";
    }

    private bool TryLabel(string text, out bool anomaly)
    {
        if (_options.AnomalyLabel is { } label)
        {
            anomaly = text == label;
            return true;
        }

        var read = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number);
        anomaly = number != 0;
        return read;
    }

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        // The range that DateTimeOffset can hold, in seconds since 1970.
        const double earliest = -62135596800, latest = 253402300799;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
        {
            var within = seconds is >= earliest and <= latest;
            time = within ? DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond)) : default;
            return within;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
    }
}
