using System.CommandLine;
using DagmmStream.Cli.Connection;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;

namespace DagmmStream.Cli.Tail;

/// <summary><c>dagmm tail</c>.</summary>
internal static class TailCommand
{
    public static Command Build(CliConsole console)
    {
        var connection = new ConnectionOptions();
        var stream = new Argument<string>("STREAM") { Description = "Name of the stream." };
        var from = new Option<long?>("--from") { Description = "First offset; without it only new scores." };
        var count = new Option<long>("--count", "-n")
        {
            Description = "End after so many scores.", DefaultValueFactory = _ => long.MaxValue,
        };
        var format = new Option<OutputFormat>("--output", "-o") { Description = "table, json (one object per line) or csv." };
        var command = new Command("tail", "Prints scores as they come, until Ctrl-C.") { stream, from, count, format };
        from.Require(value => value is null or >= 0, "offsets begin at 0.");
        count.Require(value => value >= 1, "use at least 1.");
        connection.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var service = await connection.OpenAsync(parsed, new DagmmStreamClientOptions(), token);
            return await RunAsync(console, service.Client.Stream(parsed.GetValue(stream)!),
                parsed.GetValue(from), parsed.GetValue(count), parsed.GetValue(format), token);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CliConsole console, StreamClient stream, long? from, long count, OutputFormat format, CancellationToken cancellationToken)
    {
        await stream.DescribeAsync(cancellationToken);
        if (ScoreFormatter.Header(format) is { } header) await console.Output.WriteLineAsync(header);
        await foreach (var score in stream.WatchScoresAsync(from, cancellationToken: cancellationToken))
        {
            await console.Output.WriteLineAsync(ScoreFormatter.Line(score, format));
            if (--count == 0) break;
        }

        return ExitCode.Success;
    }
}
