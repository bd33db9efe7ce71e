using System.CommandLine;
using System.Globalization;
using DagmmStream.Cli.Terminal;
using DagmmStream.Silo.Access;
using Spectre.Console;

namespace DagmmStream.Cli.Keys;

/// <summary>
/// <c>dagmm keys</c>: makes, lists, rotates and removes API keys in a silo's key file; a running silo sees it with its next request.
/// </summary>
internal static class KeysCommand
{
    private static readonly Option<string> File = new("--file")
    {
        Description = "The silo's key file (its setting Access:KeysFile).", DefaultValueFactory = _ => "data/keys.json", Recursive = true,
    };

    public static Command Build(CliConsole console) => new("keys", "API keys of the HTTP API.")
    {
        File, Create(console), List(console), Rotate(console), Revoke(console),
    };

    private static Command Create(CliConsole console)
    {
        var name = new Option<string>("--name") { Description = "What the key is for.", Required = true };
        var scopes = new Option<ApiScope[]>("--scopes")
        {
            Description = "What it may do: read, ingest, admin.", Required = true, AllowMultipleArgumentsPerToken = true,
            CustomParser = result => [.. result.Tokens.SelectMany(token => token.Value.Split(',')).Select(word =>
            {
                if (Enum.TryParse<ApiScope>(word, ignoreCase: true, out var scope) && Enum.IsDefined(scope)) return scope;
                result.AddError($"--scopes {word}: use read, ingest or admin.");
                return ApiScope.Read;
            })],
        };
        var prefix = new Option<string?>("--stream-prefix") { Description = "Only streams whose name begins with this." };
        var days = new Option<double?>("--days") { Description = "How long it opens; for ever when left out." };
        days.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0) result.AddError("--days: use more than 0.");
        });
        var command = new Command("create", "Makes a key and shows it, once.") { name, scopes, prefix, days };
        command.SetAction(async (parsed, _) =>
        {
            var lifetime = parsed.GetValue(days) is { } given ? TimeSpan.FromDays(given) : (TimeSpan?)null;
            var file = Open(parsed);
            var key = file.Create(parsed.GetValue(name)!, [.. parsed.GetValue(scopes)!], parsed.GetValue(prefix), lifetime);
            await ShowAsync(console, file, key);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command List(CliConsole console)
    {
        var command = new Command("list", "Lists the keys; not what opens.");
        command.SetAction(parsed =>
        {
            var table = new Table().AddColumns("id", "name", "scopes", "streams", "created", "expires");
            foreach (var key in Open(parsed).Read())
                table.AddRow(
                    Markup.Escape(key.Id), Markup.Escape(key.Name), string.Join(',', key.Scopes).ToLowerInvariant(),
                    Markup.Escape(key.StreamPrefix is { } only ? only + "*" : "all"), Day(key.Created), Day(key.Expires));
            console.OutputTables.Write(table);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Rotate(CliConsole console)
    {
        var id = new Argument<string>("id") { Description = "Id of the key." };
        var hours = new Option<double>("--grace-hours")
        {
            Description = "How long the old key still opens.", DefaultValueFactory = _ => 24,
        };
        hours.Require(value => value is >= 0 and <= 8760, "use 0 to 8,760.");
        var command = new Command("rotate", "Makes a successor with the same rights.") { id, hours };
        command.SetAction(async (parsed, _) =>
        {
            var file = Open(parsed);
            if (file.Rotate(parsed.GetValue(id)!, TimeSpan.FromHours(parsed.GetValue(hours))) is { } key)
            {
                await ShowAsync(console, file, key);
                return ExitCode.Success;
            }

            return await UnknownAsync(console, parsed.GetValue(id)!, file);
        });
        return command;
    }

    private static Command Revoke(CliConsole console)
    {
        var id = new Argument<string>("id") { Description = "Id of the key." };
        var command = new Command("revoke", "Removes a key at once.") { id };
        command.SetAction(async (parsed, _) =>
        {
            var file = Open(parsed);
            return file.Revoke(parsed.GetValue(id)!) ? ExitCode.Success : await UnknownAsync(console, parsed.GetValue(id)!, file);
        });
        return command;
    }

    private static KeyFile Open(ParseResult parsed) => new(parsed.GetValue(File)!, TimeProvider.System);

    private static async Task ShowAsync(CliConsole console, KeyFile file, string key)
    {
        await console.Output.WriteLineAsync(key);
        await console.Error.WriteLineAsync($"Its hash is in {file.Location}; the key itself is nowhere: keep it now.");
    }

    private static async Task<int> UnknownAsync(CliConsole console, string id, KeyFile file)
    {
        await console.Error.WriteLineAsync($"dagmm: there is no key \"{id}\" in {file.Location}; see dagmm keys list.");
        return ExitCode.Failed;
    }

    private static string Day(DateTimeOffset? time) => time?.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture) ?? "never";
}
