using System.Globalization;
using DagmmStream.Bench.Kernels;

// Best and median over many repetitions on one thread; pin the process to one core for figures that can be compared.
// Arguments select groups by name: step, publish, score. None runs all.
bool Wants(string group) => args.Length == 0 || args.Contains(group);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"what",-48}{"best µs",12}{"median µs",12}{"torch best",12}{"median",12}{"ratio",9}"));
if (Wants("step")) StepBench.Run(withTorch: !args.Contains("no-torch"));
if (Wants("publish")) PublishBench.Run();
if (Wants("score")) ScoreBench.Run();
