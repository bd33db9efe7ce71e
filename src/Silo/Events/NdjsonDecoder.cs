using System.Buffers;
using System.IO.Pipelines;

namespace DagmmStream.Silo.Events;

/// <summary>Events as NDJSON: one JSON object per line. A bad line is rejected, the others go on.</summary>
/// <param name="body">The body; its lines are bounded.</param>
/// <param name="definition">The stream.</param>
internal sealed class NdjsonDecoder(Stream body, StreamDefinition definition) : IEventDecoder
{
    private readonly PipeReader _reader = PipeReader.Create(body, new StreamPipeReaderOptions(bufferSize: 65_536, leaveOpen: true));
    private readonly EventJson _json = new(definition);
    private ReadOnlySequence<byte> _buffer;
    private bool _completed;
    private bool _started;
    private long _line;

    public IReadOnlyList<string> IgnoredColumns => [];

    public async ValueTask<bool> ReadAsync(EventRow row, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryReadLine(out var line))
            {
                _line++;
                if (IsBlank(line)) continue;
                row.Begin(_line);
                if (line.IsSingleSegment) _json.Read(line.FirstSpan, row);
                else _json.Read(line.ToArray(), row);
                return true;
            }

            if (_completed) return false;
            if (_started) _reader.AdvanceTo(_buffer.Start, _buffer.End);
            var result = await _reader.ReadAsync(cancellationToken);
            (_started, _buffer, _completed) = (true, result.Buffer, result.IsCompleted);
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private bool TryReadLine(out ReadOnlySequence<byte> line)
    {
        if (_buffer.PositionOf((byte)'\n') is { } end)
        {
            line = _buffer.Slice(0, end);
            _buffer = _buffer.Slice(_buffer.GetPosition(1, end));
            return true;
        }

        line = _buffer;
        if (!_completed || _buffer.IsEmpty) return false;
        _buffer = _buffer.Slice(_buffer.End);
        return true;
    }

    private static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
            if (segment.Span.ContainsAnyExcept(" \t\r"u8)) return false;
        return true;
    }
}
