using System.Text;
using DagmmStream.Silo.Api;
using DagmmStream.Silo.Events;
using FsCheck.Xunit;

namespace DagmmStream.Silo.Tests.Events;

/// <summary>Bodies that nobody would write: every one ends, in events, rejections or a problem, and in nothing else.</summary>
public class DecoderFuzzTests
{
    private const int Inputs = 3000;

    private static readonly StreamDefinition[] Definitions =
    [
        new() { Name = "s", Features = ["a", "b"] },
        new()
        {
            Name = "t",
            Features = ["a", "b"],
            Inputs = new InputDefinition
            {
                Types =
                [
                    new FeatureType { Feature = "a", Kind = FeatureKind.Boolean, Missing = MissingPolicy.Last },
                    new FeatureType { Feature = "b", Kind = FeatureKind.Categorical },
                ],
            },
        },
    ];

    private static readonly string[] Seeds =
    [
        "time,a,b,key,backFill\n2026-01-01T00:00:00Z,1,2,x,1\n,\"3\",4,,\n5\n,true,mill,,false\n",
        "{\"time\":1,\"features\":{\"a\":1,\"b\":2e3},\"key\":\"k\"}\n"
            + "{\"features\":[1,2]}\n{\"features\":[true,\"x\"],\"backFill\":true}\n\n",
        "[{\"features\":[1,2]},{\"features\":{\"a\":1,\"b\":2}},null,7]",
    ];

    [Property(MaxTest = Inputs)]
    public void Read_MutatedBody_EndsWithoutAnotherException(byte[] noise, int position, int length, int kind)
    {
        var seed = Encoding.UTF8.GetBytes(Seeds[(int)((uint)kind % 3)]);
        var at = (int)((uint)position % (uint)seed.Length);
        var cut = Math.Min(seed.Length - at, (int)((uint)length % 8));
        byte[] body = [.. seed[..at], .. noise ?? [], .. seed[(at + cut)..]];
        foreach (var definition in Definitions)
            for (var decoder = 0; decoder < 3; decoder++) Read(body, decoder, definition);
    }

    [Property(MaxTest = Inputs)]
    public void Read_CsvOfFiniteNumbers_GivesTheirBits(float a, float b)
    {
        var text = FormattableString.Invariant($"b,a\n{b:R},{a:R}\n");
        var row = new EventRow(2);
        var decoder = Open(Encoding.UTF8.GetBytes(text), 0, Definitions[0]);
        Assert.True(decoder.ReadAsync(row, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        if (float.IsFinite(a) && float.IsFinite(b)) Assert.Equal((a, b), (row.Features[0], row.Features[1]));
        else Assert.Equal("not-finite", row.Rejection!.Code);
    }

    private static void Read(byte[] body, int kind, StreamDefinition definition)
    {
        var row = new EventRow(definition);
        var rows = 0;
        try
        {
            var decoder = Open(body, kind, definition);
            while (decoder.ReadAsync(row, CancellationToken.None).AsTask().GetAwaiter().GetResult())
            {
                // No event without a byte of its own.
                Assert.True(++rows <= body.Length, "the decoder goes on for ever");
                if (row.Rejection is null && definition.Inputs.IsPlain)
                    Assert.All(row.Features, value => Assert.True(float.IsFinite(value)));
            }
        }
        catch (ApiException problem)
        {
            Assert.Equal(400, problem.Status);
        }
    }

    private static IEventDecoder Open(byte[] body, int kind, StreamDefinition definition)
    {
        var stream = new LineGuardStream(new MemoryStream(body), 1 << 20);
        return kind switch
        {
            0 => CsvDecoder.OpenAsync(stream, definition, CancellationToken.None).GetAwaiter().GetResult(),
            1 => new NdjsonDecoder(stream, definition),
            _ => new JsonArrayDecoder(stream, definition, CancellationToken.None),
        };
    }
}
