using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Connection;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;
using Spectre.Console;

namespace DagmmStream.Cli.Explain;

/// <summary><c>dagmm explain</c>.</summary>
internal static class ExplainCommand
{
    private const int ShownFeatures = 10;

    public static Command Build(CliConsole console)
    {
        var connection = new ConnectionOptions();
        var stream = new Argument<string>("STREAM") { Description = "Name of the stream." };
        var offset = new Argument<long>("OFFSET") { Description = "Offset of the event, as tail prints it." };
        var partition = new Option<int>("--partition") { Description = "Its partition." };
        var format = new Option<OutputFormat>("--output", "-o") { Description = "table or json." };
        var command = new Command("explain", "Says why an event has its energy.") { stream, offset, partition, format };
        partition.Require(value => value >= 0, "partitions begin at 0.");
        connection.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var service = await connection.OpenAsync(parsed, new DagmmStreamClientOptions(), token);
            var explanation = await service.Client.Stream(parsed.GetValue(stream)!)
                .ExplainAsync(parsed.GetValue(offset), parsed.GetValue(partition), token);
            if (parsed.GetValue(format) == OutputFormat.Table) WriteTables(console, explanation);
            else await console.Output.WriteLineAsync(CliJson.Write(explanation));
            return ExitCode.Success;
        });
        return command;
    }

    private static void WriteTables(CliConsole console, EventExplanation explanation)
    {
        var score = explanation.Score;
        console.OutputTables.WriteLine(ScoreFormatter.TableHeader);
        console.OutputTables.WriteLine(ScoreFormatter.Line(score, OutputFormat.Table));
        var parts = new Table().AddColumn("energy beyond the median").AddColumn(new TableColumn("").RightAligned());
        foreach (var part in explanation.Parts) parts.AddRow(Name(part.Kind), Text(part.Energy));
        parts.AddRow("sum", Text(explanation.Parts.Sum(part => part.Energy)));
        console.OutputTables.Write(parts);

        var features = new Table().AddColumns("feature", "value", "expected", "residual", "share of error");
        foreach (var feature in explanation.Features.OrderByDescending(feature => feature.ErrorShare).Take(ShownFeatures))
        {
            features.AddRow(
                Markup.Escape(feature.Name), Markup.Escape(feature.ValueText ?? Text(feature.Value)),
                Markup.Escape(feature.ExpectedText ?? Text(feature.Expected)), Text(feature.Residual),
                feature.ErrorShare.ToString("P1", CultureInfo.InvariantCulture));
        }

        console.OutputTables.Write(features);
        if (explanation.Features.Length > ShownFeatures)
            console.OutputTables.WriteLine($"{explanation.Features.Length - ShownFeatures} more features: -o json has all");
    }

    private static string Name(EnergyPartKind kind) => kind switch
    {
        EnergyPartKind.Latent => "latent density",
        EnergyPartKind.ReconstructionDistance => "distance from the reconstruction",
        EnergyPartKind.ReconstructionAngle => "angle to the reconstruction",
        _ => "other reconstruction feature",
    };

    private static string Text(double value) => value.ToString("G5", CultureInfo.InvariantCulture);
}
