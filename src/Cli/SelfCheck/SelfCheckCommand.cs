using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using DagmmStream.Cli.Terminal;
using DagmmStream.Modeling.Conformance;
using DagmmStream.Modeling.Torch;
using DagmmStream.Modeling.Training;
using DagmmStream.Modeling.Training.Simd;
using Spectre.Console;

namespace DagmmStream.Cli.SelfCheck;

/// <summary><c>dagmm selfcheck</c>: every engine against golden vectors.</summary>
internal static class SelfCheckCommand
{
    public static Command Build(CliConsole console)
    {
        var golden = new Option<DirectoryInfo>("--golden") { Description = "Folder of golden vectors (JSON).", Required = true };
        var format = new Option<OutputFormat>("--output", "-o") { Description = "table or json." };
        golden.AcceptExistingOnly();
        var command = new Command("selfcheck", "Checks every engine against golden vectors; exit code 1 when one fails.")
        {
            golden, format,
        };
        command.SetAction((parsed, token) =>
        {
            var result = Run(parsed.GetValue(golden)!.FullName, Evaluators(), token);
            Write(console, result, parsed.GetValue(format));
            return Task.FromResult(result.Failed == 0 ? ExitCode.Success : ExitCode.Failed);
        });
        return command;
    }

    /// <summary>Runs every case of a folder through every engine and precision.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="evaluators">The engines.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The errors.</returns>
    /// <exception cref="InvalidDataException">There is no case, or a file is none.</exception>
    public static SelfCheckResult Run(string folder, IReadOnlyList<IObjectiveEvaluator> evaluators, CancellationToken cancellationToken)
    {
        var cases = new List<SelfCheckCase>();
        foreach (var path in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            cases.AddRange(RunFile(path, evaluators));
        }

        if (cases.Count == 0) throw new InvalidDataException($"{folder}: no golden vectors (*.json)");
        return new SelfCheckResult(cases, cases.Count(check => check.Passed), cases.Count(check => !check.Passed));
    }

    private static IEnumerable<SelfCheckCase> RunFile(string path, IReadOnlyList<IObjectiveEvaluator> evaluators)
    {
        try
        {
            if (!GoldenCase.IsNetworkCase(path)) return [FrozenChecks.Run(path)];
            var golden = GoldenCase.Load(path);
            var conditioning = evaluators.LastOrDefault(evaluator => evaluator.Supports(Precision.Double)) is { } exact
                ? GoldenConditioning.Of(golden, exact)
                : null;
            return [.. from evaluator in evaluators
                from precision in (Precision[])[Precision.Double, Precision.Single]
                where evaluator.Supports(precision)
                select Describe(GoldenCheck.Run(golden, evaluator, precision, conditioning))];
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: {e.Message}", e);
        }
    }

    private static IObjectiveEvaluator[] Evaluators() => [new ManagedObjective(), new SimdTrainingEngine(), new TorchTrainingEngine()];

    private static SelfCheckCase Describe(GoldenCheck check) => new(
        check.Case, check.Evaluator, check.Precision == Precision.Double ? "double" : "float", CliJson.Number(check.EnergyError),
        CliJson.Number(check.ObjectiveError), check.GradientError is { } gradient ? CliJson.Number(gradient) : null, check.Passed);

    private static void Write(CliConsole console, SelfCheckResult result, OutputFormat format)
    {
        if (format == OutputFormat.Json)
        {
            console.Output.WriteLine(CliJson.Write(result));
            return;
        }

        var table = new Table();
        foreach (var name in (string[])["case", "engine", "precision", "energy", "J", "gradient", ""]) table.AddColumn(name);
        foreach (var check in result.Cases)
        {
            table.AddRow(
                check.Case, check.Engine, check.Precision, Text(check.EnergyError), Text(check.ObjectiveError), Text(check.GradientError),
                check.Passed ? "passed" : "FAILED");
        }

        console.OutputTables.Write(table);
        console.Output.WriteLine($"{result.Passed} passed, {result.Failed} failed");
    }

    private static string Text(double? value) => value?.ToString("0.0e+00", CultureInfo.InvariantCulture) ?? "-";
}
