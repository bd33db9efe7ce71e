using DagmmStream.Silo.Api;
using DagmmStream.Silo.Events;

namespace DagmmStream.Bench.Fuzz;

/// <summary>CSV, NDJSON or a JSON array, as the HTTP API reads it.</summary>
internal static class TextDecoder
{
    private const int MaxLine = 1 << 20;

    /// <summary>Reads a body; throws only what no body may cause.</summary>
    public static DecodeResult Read(BodyFormat format, byte[] body, StreamDefinition definition) =>
        ReadAsync(format, body, definition, _ => { }).GetAwaiter().GetResult();

    /// <summary>Reads a body that is right for the stream of numbers; throws when it is not read as it was written.</summary>
    public static DecodeResult ReadRight(WrittenBody body)
    {
        var events = new List<WrittenEvent>();
        var outcome = ReadAsync(body.Format, body.ToBytes(), FuzzedStreams.Plain, row => events.Add(new WrittenEvent(
            row.Features[0], row.Features[1], row.Features[2], row.Time, row.Key, row.IsBackFill))).GetAwaiter().GetResult();
        return events.SequenceEqual(body.Events) ? outcome
            : throw new InvalidOperationException($"{outcome}, read as {string.Join("; ", events)}");
    }

    private static async Task<DecodeResult> ReadAsync(
        BodyFormat format, byte[] body, StreamDefinition definition, Action<EventRow> accepted)
    {
        var (events, rejections) = (0, 0);
        try
        {
            var row = new EventRow(definition);
            await using var decoder = await OpenAsync(format, body, definition);
            while (await decoder.ReadAsync(row, CancellationToken.None))
            {
                if (row.Rejection is not null) rejections++;
                else if (definition.Inputs.IsPlain && !row.Features.All(float.IsFinite)) throw new InvalidOperationException("not finite");
                else
                {
                    events++;
                    accepted(row);
                }

                // No event without a byte of its own.
                if (events + rejections > body.Length) throw new InvalidOperationException("the decoder goes on for ever");
            }

            return new DecodeResult(events, rejections, false);
        }
        catch (ApiException problem) when (problem.Status == 400)
        {
            return new DecodeResult(events, rejections, true);
        }
    }

    private static async Task<IEventDecoder> OpenAsync(BodyFormat format, byte[] body, StreamDefinition definition)
    {
        var stream = new LineGuardStream(new MemoryStream(body), MaxLine);
        return format switch
        {
            BodyFormat.Csv => await CsvDecoder.OpenAsync(stream, definition, CancellationToken.None),
            BodyFormat.Ndjson => new NdjsonDecoder(stream, definition),
            _ => new JsonArrayDecoder(stream, definition, CancellationToken.None),
        };
    }
}
