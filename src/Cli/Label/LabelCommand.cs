using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Connection;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;

namespace DagmmStream.Cli.Label;

/// <summary><c>dagmm label</c>.</summary>
internal static class LabelCommand
{
    private const string TakeBack = "none";

    public static Command Build(CliConsole console)
    {
        var connection = new ConnectionOptions();
        var stream = new Argument<string>("STREAM") { Description = "Name of the stream." };
        var offset = new Argument<long>("OFFSET") { Description = "Offset of an anomaly, or of a recent event." };
        var label = new Argument<string>("LABEL") { Description = "normal, anomaly, or none to take a label back." };
        label.AcceptOnlyFromAmong("normal", "anomaly", TakeBack);
        var partition = new Option<int>("--partition") { Description = "Its partition." };
        var format = new Option<OutputFormat>("--output", "-o") { Description = "table or json." };
        var command = new Command("label", "Says what an event was: moves the decision, never a score.")
        {
            stream, offset, label, partition, format,
        };
        partition.Require(value => value >= 0, "partitions begin at 0.");
        connection.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var service = await connection.OpenAsync(parsed, new DagmmStreamClientOptions(), token);
            var word = parsed.GetValue(label)!;
            FeedbackLabel? said = word == TakeBack ? null : Enum.Parse<FeedbackLabel>(word, ignoreCase: true);
            var state = await service.Client.Stream(parsed.GetValue(stream)!)
                .LabelAsync(parsed.GetValue(offset), said, parsed.GetValue(partition), token);
            await console.Output.WriteLineAsync(parsed.GetValue(format) == OutputFormat.Json ? Json(state) : Text(state));
            return ExitCode.Success;
        });
        return command;
    }

    private static string Text(FeedbackState state) => string.Create(
        CultureInfo.InvariantCulture,
        $"{state.Labels.Length} labels; events are anomalous at p <= {state.Limit:G4} (without labels {state.BaseLimit:G4})");

    private static string Json(FeedbackState state) => CliJson.Write(new
    {
        state.Labels,
        Limit = CliJson.Number(state.Limit),
        BaseLimit = CliJson.Number(state.BaseLimit),
        state.Suppressed,
        state.Raised,
    });
}
