using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Experiments.Report;
using DagmmStream.Cli.Terminal;
using Spectre.Console;

namespace DagmmStream.Cli.Experiments;

/// <summary><c>dagmm experiment</c>: how well the original distribution is reproduced, beside standard clustering.</summary>
internal sealed class ExperimentCommand
{
    private readonly Option<string> _config = new("--config")
    {
        Description = "separated, overlapping, anisotropic, or a CSV file (x0, x1, label, split).", DefaultValueFactory = _ => "separated",
    };

    private readonly Option<int> _components = new("--components")
    {
        Description = "Components of DAGMM; other than the true number, robust chooses up to so many.", DefaultValueFactory = _ => 3,
    };

    private readonly Option<int> _seeds = new("--seeds") { Description = "Samples, or runs on a file.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _firstSeed = new("--first-seed") { Description = "First seed.", DefaultValueFactory = _ => 6 };
    private readonly Option<int> _epochs = new("--epochs") { Description = "Epochs of DAGMM paper.", DefaultValueFactory = _ => 500 };
    private readonly Option<bool> _grid = new("--grid") { Description = "Train DAGMM paper over a grid of lambda1 and lambda2, too." };
    private readonly Option<DirectoryInfo?> _report = new("--report") { Description = "Folder for a page with tables and pictures." };
    private readonly Option<OutputFormat> _format = new("--output", "-o") { Description = "table or json." };

    public static Command Build(CliConsole console)
    {
        var options = new ExperimentCommand();
        var gaussians = new Command("three-gaussians", "Three Gaussians in the plane: DAGMM beside standard clustering.")
        {
            options._config, options._components, options._seeds, options._firstSeed, options._epochs, options._grid,
            options._report, options._format,
        };
        options._config.Require(
            value => PlanePoints.Names.Contains(value) || File.Exists(value),
            "use separated, overlapping, anisotropic or an existing file.");
        options._components.Require(value => value is >= 1 and <= 32, "use 1 to 32.");
        options._seeds.Require(value => value >= 1, "use at least 1.");
        options._firstSeed.Require(value => value >= 0, "use at least 0.");
        options._epochs.Require(value => value >= 0, "use at least 0.");
        gaussians.SetAction((parsed, token) => options.RunAsync(console, parsed, token));
        return new Command("experiment", "Experiments with known truth.") { gaussians, ClusterNumberCommand.Build(console) };
    }

    private async Task<int> RunAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken)
    {
        var experiment = new ThreeGaussians(
            parsed.GetValue(_config)!, parsed.GetValue(_components), parsed.GetValue(_firstSeed), parsed.GetValue(_seeds),
            parsed.GetValue(_epochs));
        var result = await Task.Run(() => experiment.Run(parsed.GetValue(_grid), cancellationToken), cancellationToken);
        if (parsed.GetValue(_report) is { } folder)
            await console.Error.WriteLineAsync(ExperimentReport.Write(folder.FullName, experiment, result));
        if (parsed.GetValue(_format) == OutputFormat.Json) await console.Output.WriteLineAsync(CliJson.Write(result));
        else WriteTable(console, result);
        return ExitCode.Success;
    }

    private static void WriteTable(CliConsole console, ExperimentResult result)
    {
        var table = new Table();
        foreach (var name in (string[])["method", "ARI", "NMI", "mu", "Sigma", "phi", "W2", "log-lik. gap", "live"]) table.AddColumn(name);
        foreach (var method in result.Methods)
        {
            var std = method.Std;
            table.AddRow(
                method.Method, Text(method.Ari, std.Ari), Text(method.Nmi, std.Nmi), Text(method.MuRmse, std.MuRmse),
                Text(method.SigmaError, std.SigmaError), Text(method.PhiError, std.PhiError), Text(method.W2, std.W2),
                Text(method.LogLikelihoodGap, std.LogLikelihoodGap), Text(method.LiveComponents, std.LiveComponents));
        }

        console.OutputTables.Write(table);
        if (result.Grid is null) return;
        var grid = new Table();
        foreach (var name in (string[])["lambda1", "lambda2", "ARI", "W2", "live", "failed"]) grid.AddColumn(name);
        foreach (var cell in result.Grid)
        {
            string Number(double? value) => value?.ToString("0.#####", CultureInfo.InvariantCulture) ?? "-";
            grid.AddRow(
                Number(cell.Lambda1), Number(cell.Lambda2), Number(cell.Ari), Number(cell.W2), Number(cell.LiveComponents),
                Number(cell.Failures));
        }

        console.OutputTables.Write(grid);
    }

    private static string Text(double? mean, double? deviation) =>
        mean is null ? "-" : string.Create(CultureInfo.InvariantCulture, $"{mean:0.000} ± {deviation:0.000}");
}
