using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Bench.Fuzz;

/// <summary>A body that is right: its events, and how they are written.</summary>
/// <param name="Format">The format.</param>
/// <param name="Events">The events.</param>
/// <param name="Style">Bits: order of columns, quotes, line ends, byte order mark, forms of JSON.</param>
internal sealed record WrittenBody(BodyFormat Format, IReadOnlyList<WrittenEvent> Events, int Style)
{
    private static readonly string[] Columns = ["time", "a", "b", "c", "key", "backFill", "note"];

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Gen<WrittenBody> Generator(BodyFormat format) =>
        from events in WrittenEvent.Any.ListOf()
        from style in Gen.Choose(0, 0xFFFF)
        select new WrittenBody(format, [.. events], style);

    public static Arbitrary<WrittenBody> Any(BodyFormat format) => Arb.From(Generator(format), Shrink);

    /// <summary>Smaller bodies: fewer events, then a plainer style.</summary>
    private static IEnumerable<WrittenBody> Shrink(WrittenBody body)
    {
        for (var i = 0; i < body.Events.Count; i++) yield return body with { Events = [.. body.Events.Where((_, j) => j != i)] };
        for (var bit = 0; bit < 16; bit++)
            if ((body.Style & (1 << bit)) != 0) yield return body with { Style = body.Style & ~(1 << bit) };
    }

    public byte[] ToBytes()
    {
        var text = Format switch { BodyFormat.Csv => Csv(), BodyFormat.Ndjson => Ndjson(), _ => JsonArray() };
        return [.. Has(0) && Format == BodyFormat.Csv ? Encoding.UTF8.Preamble : [], .. Encoding.UTF8.GetBytes(text)];
    }

    private string Newline => Has(1) ? "\r\n" : "\n";

    private bool Has(int bit) => (Style & (1 << bit)) != 0;

    private string Csv()
    {
        var order = Columns.OrderBy(column => (column[0] * 31) ^ (Style >> 4)).ToArray();
        if (Has(2)) order = [.. order.Where(column => column != "note")];
        var text = new StringBuilder(string.Join(',', order)).Append(Newline);
        foreach (var one in Events) text.Append(string.Join(',', order.Select(column => Cell(one, column)))).Append(Newline);
        return text.ToString();
    }

    private string Cell(WrittenEvent one, string column)
    {
        var value = column switch
        {
            "time" => one.Time?.ToString(CultureInfo.InvariantCulture) ?? string.Empty,
            "a" => Number(one.A),
            "b" => Number(one.B),
            "c" => Number(one.C),
            "key" => one.Key ?? string.Empty,
            "backFill" => one.IsBackFill ? (Has(3) ? "1" : "True") : (Has(4) ? "0" : string.Empty),
            _ => Has(5) ? "of no use, \"at all\"" : string.Empty,
        };
        var isQuoted = value.AsSpan().ContainsAny(",\"\r\n") || (Has(6) && value.Length > 0);
        return isQuoted ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
    }

    private string Ndjson() => string.Concat(Events.Select(one => Json(one) + Newline + (Has(7) ? Newline : string.Empty)));

    private string JsonArray() => $"[{string.Join(Has(8) ? " ,\n " : ",", Events.Select(Json))}]{(Has(9) ? " \n" : string.Empty)}";

    private string Json(WrittenEvent one)
    {
        var features = Has(10) ? $"[{Number(one.A)},{Number(one.B)},{Number(one.C)}]"
            : $"{{\"c\":{Number(one.C)},\"a\":{Number(one.A)},\"b\":{Number(one.B)}}}";
        var parts = new List<string> { $"\"features\":{features}" };
        if (one.Time is { } time) parts.Add(string.Create(CultureInfo.InvariantCulture, $"\"time\":{time}"));
        if (one.Key is { } key) parts.Add($"\"key\":{Text(key)}");
        if (one.IsBackFill || Has(11)) parts.Add($"\"backFill\":{(one.IsBackFill ? "true" : "false")}");
        if (Has(12)) parts.Reverse();
        return $"{{{string.Join(Has(13) ? " , " : ",", parts)}}}";
    }

    private string Text(string value) => JsonSerializer.Serialize(value, Has(14) ? Relaxed : JsonSerializerOptions.Default);

    private static string Number(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
