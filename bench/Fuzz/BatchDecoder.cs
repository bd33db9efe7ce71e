using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Partitions;

namespace DagmmStream.Bench.Fuzz;

/// <summary>Batches as a client's messages deliver them: checked, put into their journaled form, and read from it again.</summary>
internal static class BatchDecoder
{
    private static readonly Dictionary<string, InputColumns> Columns =
        FuzzedStreams.All.ToDictionary(definition => definition.Name, definition => new InputColumns(definition));

    /// <summary>Reads a batch that is right for the stream of numbers.</summary>
    public static DecodeResult ReadRight(BatchParts parts)
    {
        var outcome = Read(parts, FuzzedStreams.Plain);
        return outcome.IsRefused ? throw new InvalidOperationException("a batch that is right was refused") : outcome;
    }

    /// <summary>Reads a batch; throws only what no batch may cause.</summary>
    public static DecodeResult Read(BatchParts parts, StreamDefinition definition)
    {
        var batch = parts.ToBatch();
        try
        {
            BatchValidator.Validate(batch, definition, Columns[definition.Name]);
        }
        catch (DagmmStreamException error)
            when (error.Code is ErrorCode.InvalidBatch or ErrorCode.InvalidEvent or ErrorCode.InvalidSequence)
        {
            return new DecodeResult(0, 0, true);
        }

        var journaled = RawBatch.Encode(batch, 0, definition.Features.Length);
        var raw = RawBatch.Decode(journaled, batch.Count, definition.Features.Length);
        var isSame = raw.Names.AsSpan().SequenceEqual(batch.Names ?? []) && raw.Times.Length == batch.Count;
        for (var i = 0; isSame && i < batch.Count; i++) isSame = raw.Times[i] == EventTimes.Read(batch, i);
        return isSame ? new DecodeResult(batch.Count, 0, false) : throw new InvalidOperationException("the journal has another batch");
    }
}
