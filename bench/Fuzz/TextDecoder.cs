using System.Text;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Events;

namespace DagmmStream.Bench.Fuzz;

/// <summary>CSV, NDJSON or a JSON array, as the HTTP API reads it.</summary>
/// <param name="kind">0 CSV, 1 NDJSON, 2 JSON array.</param>
internal sealed class TextDecoder(int kind) : IFuzzedDecoder
{
    private const int MaxLine = 1 << 20;

    private static readonly string[][] Good =
    [
        [
            "time,a,b,c,key,backFill\n2026-01-01T00:00:00Z,1,0,3,x,1\n,\"2.5\",1,7,,\n",
            "c,b,a,note\nmill,true,1.5,\"a \"\"quoted\"\" note\"\n,,,\n\"press, old\",0,-3e5,\"two\nlines\"\n",
        ],
        [
            "{\"time\":1,\"features\":{\"a\":1,\"b\":0,\"c\":2e3},\"key\":\"k\"}\n{\"features\":[1,1,3]}\n\n",
            "{\"features\":[null,true,\"mill\"],\"backFill\":true}\n"
                + "{\"time\":\"2026-01-01\",\"features\":{\"b\":false,\"c\":\"\\u00e9\"}}\n",
        ],
        [
            "[{\"features\":[1,0,3]},{\"features\":{\"a\":1,\"b\":1,\"c\":5}},null,7]",
            "[{\"time\":5,\"features\":[1.5,true,\"mill\"]},{\"features\":{\"c\":\"press\"},\"backFill\":false}]",
        ],
    ];

    private int _next;

    public string Name => kind switch { 0 => "CSV", 1 => "NDJSON", _ => "JSON array" };

    public IReadOnlyList<byte[]> Seeds { get; } = [.. Good[kind].Select(Encoding.UTF8.GetBytes)];

    public Outcome Read(byte[] input) => ReadAsync(input, FuzzedStreams.All[_next++ % FuzzedStreams.All.Length]).GetAwaiter().GetResult();

    private async Task<Outcome> ReadAsync(byte[] input, StreamDefinition definition)
    {
        var (events, rejections) = (0, 0);
        try
        {
            var row = new EventRow(definition);
            await using var decoder = await OpenAsync(input, definition);
            while (await decoder.ReadAsync(row, CancellationToken.None))
            {
                if (row.Rejection is not null) rejections++;
                else if (definition.Inputs.IsPlain && !row.Features.All(float.IsFinite)) throw new InvalidOperationException("not finite");
                else events++;
                if (events + rejections > input.Length) throw new InvalidOperationException("the decoder goes on for ever");
            }

            return new Outcome(events, rejections, false);
        }
        catch (ApiException problem) when (problem.Status == 400)
        {
            return new Outcome(events, rejections, true);
        }
    }

    private async Task<IEventDecoder> OpenAsync(byte[] input, StreamDefinition definition)
    {
        var body = new LineGuardStream(new MemoryStream(input), MaxLine);
        return kind switch
        {
            0 => await CsvDecoder.OpenAsync(body, definition, CancellationToken.None),
            1 => new NdjsonDecoder(body, definition),
            _ => new JsonArrayDecoder(body, definition, CancellationToken.None),
        };
    }
}
