using System.CommandLine;
using DagmmStream.Cli.Connection;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;

namespace DagmmStream.Cli.Demo;

/// <summary><c>dagmm demo</c>.</summary>
internal static class DemoCommand
{
    private const double MaxRate = 100_000;
    private const double MaxSeconds = 86_400;

    public static Command Build(CliConsole console)
    {
        var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 30 };
        var rate = new Option<double>("--rate") { Description = "Events per second.", DefaultValueFactory = _ => 500 };
        var seed = new Option<ulong>("--seed") { Description = "Key of the demo's events.", DefaultValueFactory = _ => 1 };
        var store = new Option<string?>("--store") { Description = "Keep the store in this file; by default it is temporary." };
        var stay = new Option<bool>("--stay")
        {
            Description = "Keep the page up after the summary, until Ctrl-C. Default: when a terminal is attached.",
            DefaultValueFactory = _ => console.HasTerminal,
        };
        var command = new Command("demo", "Shows it: a silo in this process, and a stream with injected anomalies and a drift.")
        {
            seconds, rate, seed, store, stay,
        };
        seconds.Require(value => value is > 0 and <= MaxSeconds, "use more than 0, at most 86,400.");
        rate.Require(value => value is >= 1 and <= MaxRate, "use 1 to 100,000.");
        command.SetAction(async (parsed, token) =>
        {
            await console.Error.WriteLineAsync("starting a silo in this process …");
            await using var service = await ServiceConnection.EmbedAsync(parsed.GetValue(store), new DagmmStreamClientOptions(), token);
            var page = new Uri(service.EmbeddedPage!, "#/stream/demo/0");
            await console.Error.WriteLineAsync($"watch it here: {page}");
            await console.Error.WriteLineAsync(
                $"silo at {service.EmbeddedEndpoint}; in another terminal: dagmm tail demo --endpoint {service.EmbeddedEndpoint}");
            var options = new DemoOptions(TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rate), parsed.GetValue(seed));
            await new DemoRunner(service.Client, options, console, TimeProvider.System).RunAsync(token);
            var stays = parsed.GetValue(stay) && !token.IsCancellationRequested;
            await console.Error.WriteLineAsync($"the page: {page}");
            await console.Error.WriteLineAsync(stays ? "it stays until Ctrl-C" : "it ends with the demo; --stay keeps it up");
            if (!stays) return token.IsCancellationRequested ? ExitCode.Interrupted : ExitCode.Success;
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token).ContinueWith(
                static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            return ExitCode.Success;
        });
        return command;
    }
}
