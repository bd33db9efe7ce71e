using DagmmStream.Silo.Api;
using nietras.SeparatedValues;

namespace DagmmStream.Silo.Events;

/// <summary>
/// Events as CSV (RFC 4180) with a header: a column per feature by name, in any order, and optionally <c>time</c>, <c>key</c> and
/// <c>backFill</c>. A feature of that name wins.
/// </summary>
internal sealed class CsvDecoder : IEventDecoder
{
    private const string TimeColumn = "time";
    private const string KeyColumn = "key";
    private const string BackFillColumn = "backFill";
    private readonly SepReader _reader;
    private readonly StreamDefinition _definition;
    private readonly int[] _columns;
    private readonly int _time;
    private readonly int _key;
    private readonly int _backFill;
    private readonly FeatureReader _features;
    private readonly int _width;

    private CsvDecoder(SepReader reader, StreamDefinition definition, IReadOnlyList<string> header)
    {
        (_reader, _definition, _width, _features) = (reader, definition, header.Count, new FeatureReader(definition));
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Count; i++)
            if (!positions.TryAdd(header[i].Trim(), i)) throw Header($"column \"{header[i]}\" stands there twice");
        var missing = definition.Features.Where(name => !positions.ContainsKey(name)).ToArray();
        if (missing.Length > 0)
            throw Header($"no column for {string.Join(", ", missing.Take(8).Select(name => $"\"{name}\""))}; "
                + $"the first line must name the features of stream \"{definition.Name}\"");
        _columns = [.. definition.Features.Select(name => positions[name])];
        _time = Optional(TimeColumn, positions);
        _key = Optional(KeyColumn, positions);
        _backFill = Optional(BackFillColumn, positions);
        IgnoredColumns = [.. header.Where((_, i) => !_columns.Contains(i) && i != _time && i != _key && i != _backFill)];
    }

    public IReadOnlyList<string> IgnoredColumns { get; }

    public static async Task<CsvDecoder> OpenAsync(Stream body, StreamDefinition definition, CancellationToken cancellationToken)
    {
        var options = new SepReaderOptions(Sep.New(',')) { DisableColCountCheck = true, Unescape = true };
        SepReader reader;
        try
        {
            reader = await options.FromAsync(body, leaveOpen: true, cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException)
        {
            throw Header(e.Message);
        }

        try
        {
            if (reader.Header.ColNames.Count == 0 || (reader.Header.ColNames is [var only] && only.Length == 0))
                throw Header("the body is empty");
            return new CsvDecoder(reader, definition, reader.Header.ColNames);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    public async ValueTask<bool> ReadAsync(EventRow row, CancellationToken cancellationToken)
    {
        while (await NextAsync(cancellationToken))
            if (TryDecode(row)) return true;
        return false;
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<bool> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.MoveNextAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw Problems.BadRequest("malformed-body", "The body cannot be read", $"the CSV cannot be read on: {e.Message}", e);
        }
    }

    // False for an empty line, which is no event.
    private bool TryDecode(EventRow row)
    {
        var line = _reader.Current;
        if (line.ColCount == 1 && line[0].Span.Trim().IsEmpty && (_width > 1 || line.Span.IsEmpty)) return false;
        row.Begin(line.LineNumberFrom);
        if (line.ColCount != _width) row.Reject("wrong-width", $"{line.ColCount} values; the header has {_width}");
        else if (DecodeFeatures(line, row)) DecodeRest(line, row);
        return true;
    }

    private bool DecodeFeatures(SepReader.Row line, EventRow row)
    {
        for (var i = 0; i < _columns.Length; i++)
        {
            var value = line[_columns[i]];
            var isGood = !_features.IsCategorical(i) && value.TryParse<float>(out var number)
                ? _features.Number(row, i, number)
                : _features.Text(row, i, value.Span);
            if (!isGood) return false;
        }

        return true;
    }

    private void DecodeRest(SepReader.Row line, EventRow row)
    {
        if (_key >= 0 && line[_key].Span is { IsEmpty: false } key) row.Key = key.ToString();
        if (_backFill >= 0) DecodeBackFill(line[_backFill].Span.Trim(), row);
        if (_time < 0) return;
        var text = line[_time].Span.Trim();
        if (text.IsEmpty) return;
        if (EventTime.TryParse(text, out var time)) row.Time = time;
        else row.Reject("invalid-time", $"time \"{FeatureReader.Short(text)}\": use ISO 8601 or whole microseconds since 1970-01-01 UTC");
    }

    private static void DecodeBackFill(ReadOnlySpan<char> text, EventRow row)
    {
        if (text.IsEmpty || text is "0") return;
        if (text is "1") row.IsBackFill = true;
        else if (bool.TryParse(text, out var isBackFill)) row.IsBackFill = isBackFill;
        else row.Reject("malformed", $"backFill \"{FeatureReader.Short(text)}\": use true or false");
    }

    private int Optional(string column, Dictionary<string, int> positions) =>
        !_definition.Features.Contains(column) && positions.TryGetValue(column, out var position) ? position : -1;

    private static ApiException Header(string detail) =>
        Problems.BadRequest("invalid-header", "The CSV header does not fit the stream", $"the CSV header cannot be used: {detail}");
}
