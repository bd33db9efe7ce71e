using System.CommandLine;
using DagmmStream.Cli.Connection;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;
using Spectre.Console;

namespace DagmmStream.Cli.Streams;

/// <summary><c>dagmm streams</c>: list, describe, create, delete.</summary>
internal static class StreamsCommand
{
    public static Command Build(CliConsole console) => new("streams", "Lists, describes, creates and deletes streams.")
    {
        List(console), Describe(console), Create(console), Delete(console),
    };

    private static Command List(CliConsole console)
    {
        var format = new Option<OutputFormat>("--output", "-o") { Description = "table or json." };
        return With(new Command("list", "Lists all streams.") { format }, async (client, parsed, token) =>
        {
            var streams = await client.ListStreamsAsync(token);
            if (parsed.GetValue(format) == OutputFormat.Table) WriteTable(console, streams);
            else await console.Output.WriteLineAsync(CliJson.Write(streams));
            return ExitCode.Success;
        });
    }

    private static Command Describe(CliConsole console)
    {
        var name = new Argument<string>("STREAM") { Description = "Name of the stream." };
        return With(new Command("describe", "Prints definition and status as JSON.") { name }, async (client, parsed, token) =>
        {
            var stream = client.Stream(parsed.GetValue(name)!);
            var definition = await stream.DescribeAsync(token);
            var partitions = new List<PartitionStatus>();
            for (var i = 0; i < definition.Partitions; i++) partitions.Add(await stream.GetStatusAsync(i, token));
            await console.Output.WriteLineAsync(CliJson.Write(new { definition, partitions }));
            return ExitCode.Success;
        });
    }

    private static Command Create(CliConsole console)
    {
        var name = new Argument<string>("STREAM") { Description = "Name of the stream." };
        var features = new Option<string[]>("--features")
        {
            Description = "Names of the features.", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var model = new StreamOptions();
        var command = new Command("create", "Creates a stream.") { name, features };
        model.AddTo(command);
        return With(command, async (client, parsed, token) =>
        {
            var definition = model.Read(parsed, parsed.GetValue(name)!, [.. parsed.GetValue(features)!]);
            var created = await client.CreateStreamAsync(definition, token);
            await console.Error.WriteLineAsync(created ? $"created {definition.Name}" : $"{definition.Name} exists with this definition");
            return ExitCode.Success;
        });
    }

    private static Command Delete(CliConsole console)
    {
        var name = new Argument<string>("STREAM") { Description = "Name of the stream." };
        var command = new Command("delete", "Deletes a stream with its journal, checkpoints and scores.") { name };
        return With(command, async (client, parsed, token) =>
        {
            var deleted = await client.DeleteStreamAsync(parsed.GetValue(name)!, token);
            await console.Error.WriteLineAsync(
                deleted ? $"deleted {parsed.GetValue(name)}" : $"there is no stream {parsed.GetValue(name)}");
            return deleted ? ExitCode.Success : ExitCode.Failed;
        });
    }

    private static Command With(Command command, Func<DagmmStreamClient, ParseResult, CancellationToken, Task<int>> run)
    {
        var connection = new ConnectionOptions();
        connection.AddTo(command);
        command.SetAction(async (parsed, token) =>
        {
            await using var service = await connection.OpenAsync(parsed, new DagmmStreamClientOptions(), token);
            return await run(service.Client, parsed, token);
        });
        return command;
    }

    private static void WriteTable(CliConsole console, IEnumerable<StreamDefinition> streams)
    {
        var table = new Table().AddColumns("stream", "features", "partitions", "preset", "learning", "durability");
        foreach (var stream in streams)
            table.AddRow(
                Markup.Escape(stream.Name), $"{stream.Features.Length}", $"{stream.Partitions}", $"{stream.Preset}", $"{stream.Learning}",
                $"{stream.Durability}");
        console.OutputTables.Write(table);
    }
}
