using System.Globalization;
using System.Runtime.CompilerServices;
using DagmmStream.Cli.Terminal;
using DagmmStream.Client;
using Spectre.Console;

namespace DagmmStream.Cli.Demo;

/// <summary>Pushes the demo's events in real time and prints what comes back.</summary>
/// <param name="client">The client.</param>
/// <param name="options">What to do.</param>
/// <param name="console">Verdicts and summary go to the output, rates to the messages.</param>
/// <param name="time">Clock.</param>
public sealed class DemoRunner(DagmmStreamClient client, DemoOptions options, CliConsole console, TimeProvider time)
{
    private const string Name = "demo";
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan RateInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FinalCheckpoint = TimeSpan.FromSeconds(30);

    // The middle third drifts.
    private readonly DemoStream _events = new(
        options.Seed,
        driftStart: (long)(options.Rate * options.Duration.TotalSeconds / 3),
        driftLength: Math.Max(1, (long)(options.Rate * options.Duration.TotalSeconds / 3)));

    private readonly DemoTally _tally = new();
    private bool _announced;

    /// <summary>Runs the demo; always ends with the summary.</summary>
    /// <param name="stop">Ends it early.</param>
    /// <returns>The verdicts.</returns>
    public async Task<DemoTally> RunAsync(CancellationToken stop)
    {
        var definition = new StreamDefinition
        {
            Name = Name, Features = [.. DemoStream.FeatureNames], Seed = options.Seed, AlarmRate = 0.005,
        };
        await client.CreateStreamAsync(definition, stop);
        var stream = client.Stream(Name);
        await console.Output.WriteLineAsync("      time     event    energy  p-value  verdict");
        var begun = time.GetTimestamp();
        var (lastRate, lastCount) = (begun, 0L);
        await foreach (var acknowledgement in stream.PushAsync(PacedAsync(begun, stop), CancellationToken.None))
        {
            for (var i = 0; i < acknowledgement.Count; i++) await ShowAsync(acknowledgement.Scores[i]);
            var interval = time.GetElapsedTime(lastRate);
            if (interval < RateInterval) continue;
            await ShowRateAsync(time.GetElapsedTime(begun), (_tally.Events - lastCount) / interval.TotalSeconds);
            (lastRate, lastCount) = (time.GetTimestamp(), _tally.Events);
        }

        var rate = _tally.Events / Math.Max(time.GetElapsedTime(begun).TotalSeconds, 1e-3);
        using var timeout = new CancellationTokenSource(FinalCheckpoint, time);
        Summarize(await stream.CheckpointAsync(cancellationToken: timeout.Token), rate);
        return _tally;
    }

    private async IAsyncEnumerable<StreamEvent> PacedAsync(long begun, [EnumeratorCancellation] CancellationToken stop)
    {
        var epoch = time.GetUtcNow();
        using var timer = new PeriodicTimer(Tick, time);
        var next = 0L;
        for (var elapsed = TimeSpan.Zero; elapsed < options.Duration && !stop.IsCancellationRequested; elapsed = time.GetElapsedTime(begun))
        {
            for (; next < elapsed.TotalSeconds * options.Rate; next++)
                yield return new StreamEvent(epoch.AddSeconds(next / options.Rate), _events[next].Features);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task ShowAsync(EventScore score)
    {
        var injected = _events[score.Sequence].IsAnomaly;
        _tally.Add(score, injected);
        if (score.Verdict != Verdict.WarmingUp && !_announced)
        {
            _announced = true;
            await console.Error.WriteLineAsync($"first snapshot after {_tally.Events - 1:N0} events: verdicts from here on");
            await WriteVerdictAsync(score, "normal");
        }

        if (score.Verdict == Verdict.Anomalous)
            await WriteVerdictAsync(score, injected ? "ANOMALOUS, injected" : "anomalous, not injected");
    }

    private Task WriteVerdictAsync(EventScore score, string verdict) => console.Output.WriteLineAsync(string.Create(
        CultureInfo.InvariantCulture,
        $"{score.Timestamp.UtcDateTime:HH:mm:ss.f}  {score.Sequence,8}  {score.Energy,8:F2}  {score.PValue,7:G3}  {verdict}"));

    private Task ShowRateAsync(TimeSpan elapsed, double rate)
    {
        var found = _tally.Counts;
        return console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"[{elapsed.TotalSeconds,5:F0} s] {_tally.Events:N0} events, {rate:N0}/s, ")
            + (_announced
                ? $"{found.TruePositives} of {found.TruePositives + found.FalseNegatives} injected found, "
                    + $"{found.FalsePositives} false alarms"
                : "warming up"));
    }

    private void Summarize(PartitionStatus status, double rate)
    {
        var counts = _tally.Counts;
        var table = new Table().AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        void Row(string name, FormattableString value) => table.AddRow(name, value.ToString(CultureInfo.InvariantCulture));
        Row("events", $"{_tally.Events:N0}");
        Row("of them warm-up", $"{_tally.WarmUp:N0}");
        Row("events/s", $"{rate:N0}");
        Row("injected anomalies", $"{counts.TruePositives + counts.FalseNegatives}");
        Row("precision", $"{counts.Precision:P1}");
        Row("recall", $"{counts.Recall:P1}");
        Row("ROC-AUC", $"{_tally.RocAuc:F4}");
        Row("training steps", $"{status.Steps:N0}");
        Row("snapshot version", $"{status.SnapshotVersion}");
        console.OutputTables.Write(table);
    }
}
