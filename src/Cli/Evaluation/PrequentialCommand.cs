using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Csv;
using DagmmStream.Cli.Terminal;
using DagmmStream.Modeling.Evaluation;
using Spectre.Console;

namespace DagmmStream.Cli.Evaluation;

/// <summary><c>dagmm evaluate prequential</c>: a stream as it would be served, with running controls beside it.</summary>
internal sealed class PrequentialCommand
{
    private readonly Option<string?> _input = new("--input") { Description = "CSV or .csv.gz, or a folder of them: a row per file." };
    private readonly Option<SyntheticKind?> _synthetic = new("--synthetic") { Description = "A synthetic stream in place of a file." };
    private readonly Option<string> _label = new("--label-column")
    {
        Description = "Column with the label, by name or number; 1 = anomaly.", DefaultValueFactory = _ => "label",
    };

    private readonly Option<string?> _anomalyLabel = new("--anomaly-label") { Description = "Label text of anomalies." };
    private readonly Option<bool> _noHeader = new("--no-header") { Description = "The first line is data." };
    private readonly Option<string> _preset = new("--preset")
    {
        Description = "stream, lite or paper.", DefaultValueFactory = _ => PrequentialOptions.Stream,
    };

    private readonly Option<int> _seeds = new("--seeds") { Description = "Seeds of the model.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _firstSeed = new("--first-seed") { Description = "First seed.", DefaultValueFactory = _ => 1 };
    private readonly Option<bool> _shuffle = new("--shuffle") { Description = "Shuffle once, by a fixed permutation." };
    private readonly Option<int> _shingle = new("--shingle")
    {
        Description = "Consecutive rows that make one event.", DefaultValueFactory = _ => 1,
    };

    private readonly Option<int> _rows = new("--rows") { Description = "Rows taken, after shuffling; 0 for all." };
    private readonly Option<int> _normal = new("--warmup-labelled-normal")
    {
        Description = "Begin with so many rows labelled normal; they are not judged.",
    };

    private readonly Option<int> _partitions = new("--partitions")
    {
        Description = "Partitions over which the events are dealt in turn; they learn together, in rounds.",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<bool> _choose = new("--choose-components") { Description = "Let surplus components die." };
    private readonly Option<bool> _noControls = new("--no-controls") { Description = "Leave out the controls." };
    private readonly Option<OutputFormat> _format = new("--output", "-o") { Description = "table or json." };

    public static Command Build(CliConsole console)
    {
        var options = new PrequentialCommand();
        var command = new Command("prequential", "Score first, then learn, one pass without labels; ROC-AUC after the warm-up.")
        {
            options._input, options._synthetic, options._label, options._anomalyLabel, options._noHeader, options._preset, options._seeds,
            options._firstSeed, options._shuffle, options._shingle, options._rows, options._normal, options._partitions,
            options._choose, options._noControls, options._format,
        };
        options._preset.AcceptOnlyFromAmong(PrequentialOptions.Stream, PrequentialOptions.Lite, PrequentialOptions.Paper);
        options._seeds.Require(value => value >= 1, "use at least 1.");
        options._firstSeed.Require(value => value >= 0, "use at least 0.");
        options._shingle.Require(value => value is >= 1 and <= 64, "use 1 to 64.");
        options._rows.Require(value => value >= 0, "use at least 0.");
        options._normal.Require(value => value >= 0, "use at least 0.");
        options._partitions.Require(value => value is >= 1 and <= StreamDefinition.MaxPartitions, "use 1 to 1024.");
        command.Validators.Add(result =>
        {
            if (result.GetValue(options._input) is null == result.GetValue(options._synthetic) is null)
                result.AddError("give either --input or --synthetic.");
        });
        command.SetAction((parsed, token) => options.RunAsync(console, parsed, token));
        return command;
    }

    private async Task<int> RunAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken)
    {
        var options = new PrequentialOptions
        {
            Preset = parsed.GetValue(_preset)!,
            FirstSeed = parsed.GetValue(_firstSeed),
            Seeds = parsed.GetValue(_seeds),
            Shuffle = parsed.GetValue(_shuffle),
            Shingle = parsed.GetValue(_shingle),
            Rows = parsed.GetValue(_rows),
            WarmUpLabelledNormal = parsed.GetValue(_normal),
            Partitions = parsed.GetValue(_partitions),
            ChooseComponents = parsed.GetValue(_choose),
            Controls = !parsed.GetValue(_noControls),
        };
        var results = new List<PrequentialResult>();
        foreach (var run in Runs(console, parsed, options, cancellationToken))
        {
            var result = await Task.Run(run, cancellationToken);
            results.Add(result);
            await console.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{result.File}: ROC-AUC {result.RocAuc.Mean:0.0000}, {result.EventsPerSecond:N0} events/s"));
        }

        var isFolder = Directory.Exists(parsed.GetValue(_input));
        if (parsed.GetValue(_format) == OutputFormat.Json)
            await console.Output.WriteLineAsync(isFolder ? CliJson.Write(Summarise(results)) : CliJson.Write(results[0]));
        else WriteTable(console, results);
        return results.Sum(result => result.Failures.Nan) == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private IEnumerable<Func<PrequentialResult>> Runs(
        CliConsole console, ParseResult parsed, PrequentialOptions options, CancellationToken token)
    {
        if (parsed.GetValue(_synthetic) is { } kind)
        {
            yield return () => Synthetic(kind, options, token);
            yield break;
        }

        var csv = new CsvOptions
        {
            HasHeader = !parsed.GetValue(_noHeader), LabelColumn = parsed.GetValue(_label), AnomalyLabel = parsed.GetValue(_anomalyLabel),
        };
        foreach (var path in Files(parsed.GetValue(_input)!))
        {
            yield return () =>
            {
                var data = PrequentialData.Read(
                    path, csv, options, bad => console.Error.WriteLine($"{path}: line {bad.Line}: {bad.Reason}; left out"));
                return new PrequentialEvaluation(options, TimeProvider.System).Run(_ => data, null, token);
            };
        }
    }

    private static PrequentialResult Synthetic(SyntheticKind kind, PrequentialOptions options, CancellationToken token)
    {
        SyntheticStream Stream(int seed) => SyntheticStream.Create(kind, (ulong)seed);
        return new PrequentialEvaluation(options, TimeProvider.System).Run(
            seed => Stream(seed) is var stream
                ? PrequentialData.Arrange(
                    new LabelledData(CliName.Of(kind), SyntheticStream.Features, stream.Rows, stream.Anomalies, 0), options)
                : null!,
            seed => new SyntheticCheck(Stream(seed)), token);
    }

    private static string[] Files(string input)
    {
        if (File.Exists(input)) return [input];
        if (!Directory.Exists(input)) throw new CsvFormatException($"{input}: no such file or folder");
        var files = Directory.GetFiles(input).Where(file => file.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            || file.EndsWith(".csv.gz", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToArray();
        return files.Length > 0 ? files : throw new CsvFormatException($"{input}: no .csv or .csv.gz in this folder");
    }

    private static PrequentialResults Summarise(List<PrequentialResult> results)
    {
        PrequentialControl Mean(Func<PrequentialResult, PrequentialControl?> of) => new(
            Spread.Of(results.Select(result => of(result)?.RocAuc)).Mean,
            Spread.Of(results.Select(result => of(result)?.AveragePrecision)).Mean);
        var own = Mean(result => new PrequentialControl(result.RocAuc.Mean, result.AveragePrecision.Mean));
        var names = results.SelectMany(result => result.Controls.Keys).Distinct();
        return new PrequentialResults(results, new PrequentialMean(
            own.RocAuc, own.AveragePrecision,
            names.ToDictionary(name => name, name => Mean(result => result.Controls.GetValueOrDefault(name)))));
    }

    private static void WriteTable(CliConsole console, List<PrequentialResult> results)
    {
        var table = new Table();
        string[] columns =
            ["", "n", "d", "ROC-AUC", "average precision", "max z", "Mahalanobis", "untrained", "KS", "events/s"];
        foreach (var name in columns) table.AddColumn(name);
        foreach (var one in results)
        {
            table.AddRow(
                Markup.Escape(one.File), Text($"{one.N}"), Text($"{one.D}"), Text($"{one.RocAuc.Mean:0.000} ± {one.RocAuc.Std:0.000}"),
                Text($"{one.AveragePrecision.Mean:0.000} ± {one.AveragePrecision.Std:0.000}"), Control(one, "maxZ"),
                Control(one, "mahalanobis"), Control(one, "untrained"), Text($"{one.Ks:0.000}"), Text($"{one.EventsPerSecond:N0}"));
        }

        console.OutputTables.Write(table);
        foreach (var one in results)
        foreach (var (name, value) in one.Checks)
            console.Output.WriteLine(Text($"{one.File}: {name} {value.Mean:0.000} ± {value.Std:0.000}"));
    }

    private static string Control(PrequentialResult result, string name) =>
        result.Controls.TryGetValue(name, out var control) ? Text($"{control.RocAuc:0.000} / {control.AveragePrecision:0.000}") : "-";

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
