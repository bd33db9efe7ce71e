using DagmmStream.Silo.Api;

namespace DagmmStream.Silo.Events;

/// <summary>Refuses bodies with a line that no event can have: a decoder must keep one line in memory, and no more.</summary>
/// <param name="inner">The body.</param>
/// <param name="maxLineBytes">Longest line.</param>
internal sealed class LineGuardStream(Stream inner, int maxLineBytes) : Stream
{
    private long _sinceNewline;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        Check(buffer.Span[..read]);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("read asynchronously");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    // Looking at the last newline of a block is enough: longer lines in between would have to fill more than the block.
    private void Check(ReadOnlySpan<byte> block)
    {
        var first = block.IndexOf((byte)'\n');
        var longest = _sinceNewline + (first < 0 ? block.Length : first);
        _sinceNewline = first < 0 ? longest : block.Length - 1 - block.LastIndexOf((byte)'\n');
        if (Math.Max(longest, _sinceNewline) > maxLineBytes)
            throw Problems.BadRequest(
                "line-too-long", "A line of the body is too long",
                $"a line of the body has more than {maxLineBytes} bytes; one event per line, and quotes closed");
    }
}
