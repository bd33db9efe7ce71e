using System.Globalization;
using DagmmStream.Cli.Terminal;
using Spectre.Console;

namespace DagmmStream.Cli.Replay;

/// <summary>Progress of a replay: a bar on a terminal, otherwise a line now and then.</summary>
internal sealed class ReplayProgress(CliConsole console, TimeProvider time)
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);
    private readonly long _begun = time.GetTimestamp();
    private long _lastLine = time.GetTimestamp();
    private ProgressTask? _bar;

    public async Task RunAsync(Func<Task> work)
    {
        if (!console.HasTerminal)
        {
            await work();
            return;
        }

        await console.Progress.Progress()
            .Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .StartAsync(async context =>
            {
                _bar = context.AddTask("connecting", maxValue: 1);
                await work();
                _bar.Value = 1;
            });
    }

    public async ValueTask ReportAsync(double share, long acknowledged, long anomalies)
    {
        var seconds = Math.Max(time.GetElapsedTime(_begun).TotalSeconds, 1e-3);
        var text = string.Create(
            CultureInfo.InvariantCulture, $"{acknowledged:N0} events, {acknowledged / seconds:N0}/s, {anomalies:N0} anomalous");
        if (_bar is not null)
        {
            _bar.Value = Math.Min(share, 1);
            _bar.Description = text;
        }
        else if (time.GetElapsedTime(_lastLine) >= LineInterval)
        {
            _lastLine = time.GetTimestamp();
            await console.Error.WriteLineAsync($"{share:P0}: {text}");
        }
    }
}
