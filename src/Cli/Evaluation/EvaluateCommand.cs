using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Terminal;
using Spectre.Console;

namespace DagmmStream.Cli.Evaluation;

/// <summary><c>dagmm evaluate</c>: measured quality, with controls beside it.</summary>
internal sealed class EvaluateCommand
{
    private readonly Option<string> _data = new("--data")
    {
        Description = "kddcup, thyroid, arrhythmia, or a name for a CSV file.", Required = true,
    };

    private readonly Option<FileInfo> _path = new("--path") { Description = "The file; .gz is read as gzip.", Required = true };
    private readonly Option<string> _preset = new("--preset")
    {
        Description = "robust or paper.", DefaultValueFactory = _ => BatchOptions.Robust,
    };

    private readonly Option<int> _seeds = new("--seeds") { Description = "Random splits.", DefaultValueFactory = _ => 20 };
    private readonly Option<int> _firstSeed = new("--first-seed") { Description = "First seed.", DefaultValueFactory = _ => 6 };
    private readonly Option<int?> _epochs = new("--epochs") { Description = "Epochs of the paper preset; default as published." };
    private readonly Option<int?> _components = new("--components") { Description = "Components, robust preset; default from the rows." };
    private readonly Option<bool> _noControls = new("--no-controls") { Description = "Leave out the controls." };
    private readonly Option<OutputFormat> _format = new("--output", "-o") { Description = "table or json." };

    public static Command Build(CliConsole console)
    {
        var options = new EvaluateCommand();
        var batch = new Command("batch", "DAGMM's published protocol: half of the rows, normal ones only, to train; the rest to test.")
        {
            options._data, options._path, options._preset, options._seeds, options._firstSeed, options._epochs, options._components,
            options._noControls, options._format,
        };
        options._path.AcceptExistingOnly();
        options._preset.AcceptOnlyFromAmong(BatchOptions.Robust, BatchOptions.Paper);
        options._seeds.Require(value => value >= 1, "use at least 1.");
        options._firstSeed.Require(value => value >= 0, "use at least 0.");
        options._epochs.Require(value => value >= 0, "use at least 0.");
        options._components.Require(value => value is >= 1 and <= 64, "use 1 to 64.");
        batch.SetAction((parsed, token) => options.RunAsync(console, parsed, token));
        return new Command("evaluate", "Measures quality on labelled data.") { batch, PrequentialCommand.Build(console) };
    }

    private async Task<int> RunAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new BatchOptions
        {
            Preset = parsed.GetValue(_preset)!,
            FirstSeed = parsed.GetValue(_firstSeed),
            Seeds = parsed.GetValue(_seeds),
            Epochs = parsed.GetValue(_epochs),
            Components = parsed.GetValue(_components),
            Controls = !parsed.GetValue(_noControls),
        };
        var data = LabelledDataReader.Read(parsed.GetValue(_data)!, parsed.GetValue(_path)!.FullName);
        await console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Name}: {data.Count:N0} rows x {data.Features} features, {data.Anomalies.Count(anomaly => anomaly):N0} anomalies"));
        var evaluation = new BatchEvaluation(data, options, TimeProvider.System);
        var result = await Task.Run(() => evaluation.Run(seed => WriteSeed(console, seed), null, cancellationToken), cancellationToken);
        if (parsed.GetValue(_format) == OutputFormat.Json) await console.Output.WriteLineAsync(CliJson.Write(result));
        else WriteTable(console, result);
        return result.Failures.Nan == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static void WriteSeed(CliConsole console, SeedResult seed) => console.Error.WriteLine(seed.Failure is null
        ? string.Create(
            CultureInfo.InvariantCulture, $"seed {seed.Seed}: F1 {seed.F1:0.0000}, ROC-AUC {seed.RocAuc:0.0000}, {seed.Seconds:0.0} s")
        : $"seed {seed.Seed}: {seed.Failure}");

    private static void WriteTable(CliConsole console, BatchResult result)
    {
        var table = new Table();
        foreach (var name in (string[])["", "precision", "recall", "F1", "ROC-AUC", "average precision"]) table.AddColumn(name);
        void Row(string name, DetectionFigures mean, DetectionFigures std) => table.AddRow(
            name, Text(mean.Precision, std.Precision), Text(mean.Recall, std.Recall), Text(mean.F1, std.F1), Text(mean.RocAuc, std.RocAuc),
            Text(mean.AveragePrecision, std.AveragePrecision));
        Row($"DAGMM {result.Preset}", result.Mean, result.Std);
        foreach (var (name, control) in result.Controls) Row(name, control.Mean, control.Std);
        console.OutputTables.Write(table);
        console.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"failures: {result.Failures.Nan} nan, {result.Failures.Cholesky} cholesky, {result.Failures.Collapsed} collapsed"));
    }

    private static string Text(double? mean, double? deviation) =>
        mean is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
}
