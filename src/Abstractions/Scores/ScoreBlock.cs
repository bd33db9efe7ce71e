using System.Buffers.Binary;

namespace DagmmStream;

/// <summary>Scores of consecutive events as one flat little-endian array: <see cref="RowBytes"/> bytes per event.</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.score-block")]
public sealed class ScoreBlock
{
    /// <summary>
    /// Bytes per event: offset, time, sequence, energy, score, p-value, snapshot version (8 bytes each), verdict (1 byte), flags (2 bytes).
    /// </summary>
    public const int RowBytes = FirstRowBytes + sizeof(ushort);

    // Rows of version 0 end behind the verdict.
    private const int FirstRowBytes = (7 * 8) + 1;
    private const byte CurrentVersion = 1;

    /// <summary>A block without events.</summary>
    public static readonly ScoreBlock Empty = new([]);

    /// <summary>Takes over encoded rows.</summary>
    /// <param name="data">Rows, <see cref="RowBytes"/> bytes each; not copied.</param>
    /// <exception cref="ArgumentException">The length is no multiple of <see cref="RowBytes"/>.</exception>
    public ScoreBlock(byte[] data)
    {
        ArgumentNullException.ThrowIfNull(data);
        if (data.Length % RowBytes != 0) throw new ArgumentException($"{data.Length} bytes are no multiple of {RowBytes}", nameof(data));
        (Data, Version) = (data, CurrentVersion);
    }

    /// <summary>Encoded rows.</summary>
    [Id(0)]
    public byte[] Data { get; }

    /// <summary>Form of the rows: 1, or 0 from a silo or client before flags, whose rows lack them.</summary>
    [Id(1)]
    public byte Version { get; }

    /// <summary>Events n.</summary>
    public int Count => Data.Length / RowLength;

    private int RowLength => Version == 0 ? FirstRowBytes : RowBytes;

    /// <summary>Reads one event's score.</summary>
    /// <param name="index">0 to <see cref="Count"/> - 1.</param>
    /// <returns>The score.</returns>
    public EventScore this[int index]
    {
        get
        {
            var row = Data.AsSpan(index * RowLength, RowLength);
            return new EventScore(
                BinaryPrimitives.ReadInt64LittleEndian(row),
                BinaryPrimitives.ReadInt64LittleEndian(row[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(row[16..]),
                BinaryPrimitives.ReadDoubleLittleEndian(row[24..]),
                BinaryPrimitives.ReadDoubleLittleEndian(row[32..]),
                BinaryPrimitives.ReadDoubleLittleEndian(row[40..]),
                (Verdict)row[56],
                BinaryPrimitives.ReadInt64LittleEndian(row[48..]),
                Version == 0 ? EventFlags.None : (EventFlags)BinaryPrimitives.ReadUInt16LittleEndian(row[FirstRowBytes..]));
        }
    }

    /// <summary>Encodes one event's score into a row.</summary>
    /// <param name="score">The score.</param>
    /// <param name="row">At least <see cref="RowBytes"/> bytes.</param>
    public static void Write(in EventScore score, Span<byte> row)
    {
        BinaryPrimitives.WriteInt64LittleEndian(row, score.Offset);
        BinaryPrimitives.WriteInt64LittleEndian(row[8..], score.Time);
        BinaryPrimitives.WriteInt64LittleEndian(row[16..], score.Sequence);
        BinaryPrimitives.WriteDoubleLittleEndian(row[24..], score.Energy);
        BinaryPrimitives.WriteDoubleLittleEndian(row[32..], score.Score);
        BinaryPrimitives.WriteDoubleLittleEndian(row[40..], score.PValue);
        BinaryPrimitives.WriteInt64LittleEndian(row[48..], score.SnapshotVersion);
        row[56] = (byte)score.Verdict;
        BinaryPrimitives.WriteUInt16LittleEndian(row[FirstRowBytes..], (ushort)score.Flags);
    }

    /// <summary>Encodes scores.</summary>
    /// <param name="scores">The scores.</param>
    /// <returns>The block.</returns>
    public static ScoreBlock From(ReadOnlySpan<EventScore> scores)
    {
        var data = new byte[scores.Length * RowBytes];
        for (var i = 0; i < scores.Length; i++) Write(scores[i], data.AsSpan(i * RowBytes));
        return new ScoreBlock(data);
    }
}
