using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Terminal;
using Spectre.Console;

namespace DagmmStream.Cli.Experiments;

/// <summary><c>dagmm experiment cluster-number</c>: the number of components chosen from the data, for one to six true clusters.</summary>
internal sealed class ClusterNumberCommand
{
    private readonly Option<int> _components = new("--components") { Description = "Components given.", DefaultValueFactory = _ => 8 };
    private readonly Option<int> _seeds = new("--seeds") { Description = "Samples per number of clusters.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _firstSeed = new("--first-seed") { Description = "First seed.", DefaultValueFactory = _ => 6 };
    private readonly Option<OutputFormat> _format = new("--output", "-o") { Description = "table or json." };

    public static Command Build(CliConsole console)
    {
        var options = new ClusterNumberCommand();
        var command = new Command("cluster-number", "One to six clusters in the plane: how many DAGMM robust chooses.")
        {
            options._components, options._seeds, options._firstSeed, options._format,
        };
        options._components.Require(value => value is >= ClusterNumber.LargestTruth and <= 32, "use 6 to 32.");
        options._seeds.Require(value => value >= 1, "use at least 1.");
        options._firstSeed.Require(value => value >= 0, "use at least 0.");
        command.SetAction((parsed, token) => options.RunAsync(console, parsed, token));
        return command;
    }

    private async Task<int> RunAsync(CliConsole console, ParseResult parsed, CancellationToken cancellationToken)
    {
        var result = await Task.Run(
            () => ClusterNumber.Run(
                parsed.GetValue(_components), parsed.GetValue(_firstSeed), parsed.GetValue(_seeds), cancellationToken),
            cancellationToken);
        if (parsed.GetValue(_format) == OutputFormat.Json) await console.Output.WriteLineAsync(CliJson.Write(result));
        else WriteTable(console, result);
        return ExitCode.Success;
    }

    private static void WriteTable(CliConsole console, ClusterNumberResult result)
    {
        static string Text(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "-";
        var table = new Table();
        table.AddColumns("true clusters", $"right of {result.Seeds}", "chosen", "ARI", "gap", $"gap with {result.Components}", "live then",
            "live on a stream", "cost there");
        foreach (var row in result.Rows)
        {
            table.AddRow(
                row.Clusters.ToString(CultureInfo.InvariantCulture), row.Right.ToString(CultureInfo.InvariantCulture), Text(row.Chosen),
                Text(row.Ari), Text(row.Gap), Text(row.SurplusGap), Text(row.SurplusLive), Text(row.StreamLive), Text(row.StreamCost));
        }

        console.OutputTables.Write(table);
    }
}
