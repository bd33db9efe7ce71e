using System.Text;
using DagmmStream.Grains.Inputs;
using DagmmStream.Grains.Partitions;

namespace DagmmStream.Bench.Fuzz;

/// <summary>Batches as a client's messages deliver them: checked, put into their journaled form, and read from it again.</summary>
internal sealed class BatchDecoder : IFuzzedDecoder
{
    private readonly InputColumns[] _columns = [.. FuzzedStreams.All.Select(definition => new InputColumns(definition))];
    private int _next;

    public string Name => "batch";

    // Count, then lengths of producer and names in one byte each, then features, times, marks and names.
    public IReadOnlyList<byte[]> Seeds { get; } = [Pack(1, [1, 0, 2]), Pack(2, [1, 1, 0, float.NaN, 0, 1]), Pack(0, [])];

    public Outcome Read(byte[] input)
    {
        var which = _next++ % FuzzedStreams.All.Length;
        var definition = FuzzedStreams.All[which];
        var batch = Unpack(input);
        try
        {
            BatchValidator.Validate(batch, definition, _columns[which]);
        }
        catch (DagmmStreamException error)
            when (error.Code is ErrorCode.InvalidBatch or ErrorCode.InvalidEvent or ErrorCode.InvalidSequence)
        {
            return new Outcome(0, 0, true);
        }

        var journaled = RawBatch.Encode(batch, 0, definition.Features.Length);
        var raw = RawBatch.Decode(journaled, batch.Count, definition.Features.Length);
        var isSame = raw.Names.AsSpan().SequenceEqual(batch.Names ?? []) && raw.Times.Length == batch.Count;
        return isSame ? new Outcome(batch.Count, 0, false) : throw new InvalidOperationException("the journal has another batch");
    }

    private static byte[] Pack(byte count, float[] values)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write([count, (byte)(values.Length * sizeof(float)), (byte)(count * sizeof(long)), count, 2]);
        foreach (var value in values) writer.Write(value);
        for (var i = 0; i < count; i++) writer.Write(1_000_000L * i);
        for (var i = 0; i < count; i++) writer.Write((byte)EventMarks.BackFill);
        writer.Write(Encoding.UTF8.GetBytes("mill\npress"));
        return bytes.ToArray();
    }

    private static EventBatch Unpack(byte[] input)
    {
        int Head(int index) => index < input.Length ? input[index] : 0;
        var at = 5;
        byte[] Take(int length)
        {
            var taken = input.Skip(at).Take(length).ToArray();
            at += length;
            return taken;
        }

        var (features, times, marks) = (Take(Head(1)), Take(Head(2)), Take(Head(3)));
        var names = Encoding.UTF8.GetString(Take(input.Length)).Split('\n').Take(Head(4)).ToArray();
        return new EventBatch
        {
            Producer = Head(4) % 7 == 6 ? "" : "p",
            FirstSequence = (sbyte)Head(3) < 0 ? -1 : Head(3),
            Count = (sbyte)Head(0),
            Features = features,
            Times = times,
            Marks = Head(3) == 0 ? null : marks,
            Names = Head(4) == 0 ? null : names,
        };
    }
}
