// Inputs that nobody would send, to the decoders of events: CSV, NDJSON, JSON arrays, and batches as Orleans delivers them, made by
// generators of FsCheck. Every one must end in events, rejections or a problem, and in nothing else; bodies and batches that are
// right must be read as they were written. What fails is printed with the smallest input that fails. Arguments: inputs.
using System.Diagnostics;
using System.Globalization;
using DagmmStream;
using DagmmStream.Bench.Fuzz;
using FsCheck;
using FsCheck.Fluent;

var inputs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var rows = new List<string>();
var begun = Stopwatch.GetTimestamp();
foreach (var format in Enum.GetValues<BodyFormat>())
{
    Run($"{format}, any", HostileBodies.Of(format), (body, stream) => TextDecoder.Read(format, body, stream), body => body.Length);
    Run($"{format}, right", WrittenBody.Any(format), (body, _) => TextDecoder.ReadRight(body), body => body.ToBytes().Length);
}

Run("batch, any", HostileBatches.Any, BatchDecoder.Read, batch => batch.Length);
Run("batch, right", HostileBatches.Right.ToArbitrary(), (batch, _) => BatchDecoder.ReadRight(batch), batch => batch.Length);
Console.WriteLine($"{inputs:N0} inputs in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s, none ended otherwise");
Console.WriteLine("| decoder, inputs | inputs | bytes, mean | with events | with rejections | refused whole | slowest ms |");
Console.WriteLine("|---|---|---|---|---|---|---|");
foreach (var row in rows) Console.WriteLine(row);
Console.WriteLine($"peak resident memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB, live {GC.GetTotalMemory(true) >> 20} MB");

void Run<T>(string name, Arbitrary<T> any, Func<T, StreamDefinition, DecodeResult> read, Func<T, int> length)
{
    var tally = new Tally();
    var next = 0;
    var property = Prop.ForAll(any, input =>
    {
        var start = Stopwatch.GetTimestamp();
        var outcome = read(input, FuzzedStreams.All[next++ % FuzzedStreams.All.Length]);
        tally.Add(outcome, length(input), Stopwatch.GetElapsedTime(start));
    });
    Check.One(Config.QuickThrowOnFailure.WithMaxTest(inputs / 8).WithQuietOnSuccess(true), property);
    rows.Add(tally.Row(name));
}
