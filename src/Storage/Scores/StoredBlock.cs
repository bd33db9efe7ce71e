namespace DagmmStream.Storage.Scores;

/// <summary>Scores of consecutive events as they are kept: one row per committed batch.</summary>
/// <param name="FirstOffset">Offset of the first event.</param>
/// <param name="Rows"><see cref="ScoreBlock.RowBytes"/> bytes per event, as in <see cref="ScoreBlock.Data"/>.</param>
internal readonly record struct StoredBlock(long FirstOffset, byte[] Rows)
{
    private long Next => FirstOffset + (Rows.Length / ScoreBlock.RowBytes);

    /// <summary>The newest time of a block, by which it is kept, microseconds since 1970-01-01 UTC.</summary>
    public static long NewestTime(ScoreBlock scores)
    {
        var newest = long.MinValue;
        for (var i = 0; i < scores.Count; i++) newest = Math.Max(newest, scores[i].Time);
        return newest;
    }

    /// <summary>
    /// Scores from an offset on, at most a number. A block ends where the next one begins: what an in-memory stream wrote before a crash
    /// gives way to what it writes after.
    /// </summary>
    /// <param name="blocks">Blocks by first offset.</param>
    /// <param name="fromOffset">First offset wanted.</param>
    /// <param name="maxCount">At most so many.</param>
    public static ScoreBlock Join(IReadOnlyList<StoredBlock> blocks, long fromOffset, int maxCount)
    {
        var total = 0;
        for (var i = 0; i < blocks.Count; i++) total += Part(blocks, i, fromOffset).Length;
        var data = new byte[Math.Min(total, (long)maxCount * ScoreBlock.RowBytes)];
        var rest = data.AsSpan();
        for (var i = 0; i < blocks.Count && rest.Length > 0; i++)
        {
            var part = Part(blocks, i, fromOffset);
            part = part[..Math.Min(part.Length, rest.Length)];
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        return new ScoreBlock(data);
    }

    private static ReadOnlySpan<byte> Part(IReadOnlyList<StoredBlock> blocks, int index, long fromOffset)
    {
        var block = blocks[index];
        var begin = Math.Max(block.FirstOffset, fromOffset);
        var end = index + 1 < blocks.Count ? Math.Min(block.Next, blocks[index + 1].FirstOffset) : block.Next;
        if (end <= begin) return [];
        var first = (int)(begin - block.FirstOffset) * ScoreBlock.RowBytes;
        return block.Rows.AsSpan(first, (int)(end - begin) * ScoreBlock.RowBytes);
    }
}
