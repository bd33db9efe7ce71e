using System.Globalization;
using DagmmStream.Bench.Kernels;

// Best and median over many repetitions on one thread; pin the process to one core for figures that can be compared.
// Arguments select: step, publish, score (all if none), no-torch, and only=TEXT for the lines that contain it.
var groups = args.Intersect(["step", "publish", "score"]).ToArray();
Timing.Only = args.FirstOrDefault(arg => arg.StartsWith("only=", StringComparison.Ordinal))?["only=".Length..] ?? string.Empty;
bool Wants(string group) => groups.Length == 0 || groups.Contains(group);
Console.WriteLine(string.Create(
    CultureInfo.InvariantCulture, $"{"what",-48}{"best µs",12}{"median µs",12}{"torch best",12}{"median",12}{"ratio",9}"));
if (Wants("step")) StepBench.Run(withTorch: !args.Contains("no-torch"));
if (Wants("publish")) PublishBench.Run();
if (Wants("score")) ScoreBench.Run();
