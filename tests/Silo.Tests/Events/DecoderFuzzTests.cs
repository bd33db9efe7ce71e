using System.Text;
using DagmmStream.Bench.Fuzz;
using DagmmStream.Silo.Events;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace DagmmStream.Silo.Tests.Events;

/// <summary>The short form of bench/Fuzz: any body ends in events, rejections or a problem; right ones are read as written.</summary>
public class DecoderFuzzTests
{
    private const int Inputs = 1000;

    [Property(MaxTest = Inputs)]
    public Property Read_HostileCsv_EndsWithoutAnotherException() => Ends(BodyFormat.Csv);

    [Property(MaxTest = Inputs)]
    public Property Read_HostileNdjson_EndsWithoutAnotherException() => Ends(BodyFormat.Ndjson);

    [Property(MaxTest = Inputs)]
    public Property Read_HostileJsonArray_EndsWithoutAnotherException() => Ends(BodyFormat.JsonArray);

    [Property(MaxTest = Inputs)]
    public Property Read_CsvHoweverWritten_GivesItsEvents() => GivesEvents(BodyFormat.Csv);

    [Property(MaxTest = Inputs)]
    public Property Read_NdjsonHoweverWritten_GivesItsEvents() => GivesEvents(BodyFormat.Ndjson);

    [Property(MaxTest = Inputs)]
    public Property Read_JsonArrayHoweverWritten_GivesItsEvents() => GivesEvents(BodyFormat.JsonArray);

    [Property(MaxTest = 3 * Inputs)]
    public void Read_CsvOfNumbers_GivesTheirBits(float a, float b)
    {
        var text = FormattableString.Invariant($"b,a\n{b:R},{a:R}\n");
        var definition = new StreamDefinition { Name = "s", Features = ["a", "b"] };
        var row = new EventRow(definition);
        var decoder = CsvDecoder.OpenAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), definition, CancellationToken.None)
            .GetAwaiter().GetResult();
        Assert.True(decoder.ReadAsync(row, CancellationToken.None).AsTask().GetAwaiter().GetResult());
        if (float.IsFinite(a) && float.IsFinite(b)) Assert.Equal((a, b), (row.Features[0], row.Features[1]));
        else Assert.Equal("not-finite", row.Rejection!.Code);
    }

    private static Property Ends(BodyFormat format) => Prop.ForAll(HostileBodies.Of(format), body =>
    {
        foreach (var definition in FuzzedStreams.All) TextDecoder.Read(format, body, definition);
    });

    private static Property GivesEvents(BodyFormat format) =>
        Prop.ForAll(WrittenBody.Any(format), body => TextDecoder.ReadRight(body).Events == body.Events.Count);
}
