// Inputs that nobody would send, to the decoders of events: CSV, NDJSON, JSON arrays, and batches as Orleans delivers them.
// Every input must end in events, rejections or a problem, and in nothing else. Arguments: inputs, seed.
using System.Diagnostics;
using System.Globalization;
using DagmmStream.Bench.Fuzz;

var inputs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1_000_000;
var seed = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 1;
var mutator = new Mutator(seed);
var decoders = new IFuzzedDecoder[] { new TextDecoder(0), new TextDecoder(1), new TextDecoder(2), new BatchDecoder() };
var tallies = decoders.Select(_ => new Tally()).ToArray();
var begun = Stopwatch.GetTimestamp();
for (var i = 0; i < inputs; i++)
{
    var which = i % decoders.Length;
    var input = mutator.Next(decoders[which].Seeds);
    var start = Stopwatch.GetTimestamp();
    try
    {
        tallies[which].Add(decoders[which].Read(input), input.Length, Stopwatch.GetElapsedTime(start));
    }
    catch (Exception e)
    {
        Console.Error.WriteLine($"{decoders[which].Name}, input {i} of seed {seed}: {e}\n{Convert.ToHexString(input)}");
        return 1;
    }
}

Console.WriteLine($"seed {seed}: {inputs:N0} inputs in {Stopwatch.GetElapsedTime(begun).TotalSeconds:F0} s, none ended otherwise");
Console.WriteLine("| decoder | inputs | bytes, mean | with events | with rejections | refused whole | slowest ms |");
Console.WriteLine("|---|---|---|---|---|---|---|");
for (var i = 0; i < decoders.Length; i++) Console.WriteLine(tallies[i].Row(decoders[i].Name));
Console.WriteLine($"peak resident memory {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MB, live {GC.GetTotalMemory(true) >> 20} MB");
return 0;
