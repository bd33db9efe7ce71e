using DagmmStream.Client;
using DagmmStream.Tests.Shared;

namespace DagmmStream.Bench.Chaos;

/// <summary>Faults at random while producers push at a steady rate; afterwards everything that was acknowledged is looked for.</summary>
internal sealed class ChaosRun(ChaosOptions options, Action<string> say)
{
    private const string Producer = "chaos";
    private const int ChunkOfAStream = 128;
    private const int SmallestChunk = 16;
    private static readonly TimeSpan SettleLimit = TimeSpan.FromMinutes(4);
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly Random _random = new(options.Seed);
    private readonly List<string> _violations = [];
    private int _probed;

    public async Task<ChaosResult> RunAsync(ChaosCluster cluster, CancellationToken cancellationToken)
    {
        var log = new AcknowledgementLog(_time);
        await using var client = await DagmmStreamClient.ConnectAsync(cluster.Endpoint, ClientOptions(), cancellationToken);
        var streams = Enumerable.Range(0, options.Streams).Select(i => $"chaos-{i}").ToArray();
        foreach (var stream in streams) await client.CreateStreamAsync(Definition(stream), cancellationToken);
        await using var resender = await BatchResender.ConnectAsync(cluster, log, Producer, _random);

        using var stop = new CancellationTokenSource();
        var producers = streams.Select(name => new ChaosProducer(client.Stream(name), log, options.Rate).RunAsync(stop.Token)).ToArray();
        var injector = new FaultInjector(cluster, _random, resender.ResendAsync, token => ProbeAsync(client, token));
        var faults = await InjectAsync(injector, cancellationToken);
        await stop.CancelAsync();
        foreach (var failure in await Task.WhenAll(producers).WaitAsync(SettleLimit, cancellationToken))
            if (failure is not null) _violations.Add($"a producer failed: {failure}");
        say(_probed == 0 ? "all acknowledged; checking" : $"all acknowledged, {_probed} probes answered by a model; checking");

        long acknowledged = 0;
        foreach (var partition in log.Partitions.OrderBy(id => id.ToString(), StringComparer.Ordinal))
            acknowledged += await CheckAsync(client.Stream(partition.Stream), partition, log.Sequences(partition), cancellationToken);
        _violations.AddRange(resender.Violations);
        foreach (var silo in cluster.Silos) _violations.AddRange(Unexpected(silo));
        return new ChaosResult(
            acknowledged, resender.Recognised,
            [.. faults.Zip(faults.Skip(1).Select(next => next.Timestamp).Append(long.MaxValue), (fault, next) => fault.Report(log, next))],
            _violations);
    }

    private static DagmmStreamClientOptions ClientOptions() => new()
    {
        ProducerId = Producer,
        ResponseTimeout = TimeSpan.FromSeconds(5),
        DeliveryTimeout = TimeSpan.FromMinutes(5),
        CallTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromMinutes(1),
    };

    private StreamDefinition Definition(string name) => new()
    {
        Name = name,
        Features = [.. Enumerable.Range(0, ChaosProducer.Features).Select(i => $"f{i}")],
        Partitions = options.Partitions,
        Preset = ModelPreset.Lite,
        Learning = LearningPolicy.Every,
        CheckpointInterval = TimeSpan.FromSeconds(5),
    };

    /// <summary>One fault after the other, spread over the run; the next one waits until the one before is repaired.</summary>
    private async Task<List<Injected>> InjectAsync(FaultInjector injector, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        var spacing = options.Duration / (options.Faults + 1);
        var injected = new List<Injected>();
        for (var i = 0; i < options.Faults; i++)
        {
            var wait = (spacing * (i + 1)) - _time.GetElapsedTime(begun);
            if (wait > TimeSpan.Zero) await Task.Delay(wait, cancellationToken);
            var kind = options.Kinds[_random.Next(options.Kinds.Count)];
            injected.Add(new Injected(kind, _time.GetElapsedTime(begun), _time.GetTimestamp()));
            say($"[{_time.GetElapsedTime(begun):mm\\:ss}] {DateTimeOffset.UtcNow:HH:mm:ss.fff} {kind}");
            await injector.RunAsync(kind, cancellationToken);
        }

        var rest = options.Duration - _time.GetElapsedTime(begun);
        await Task.Delay(rest > spacing ? rest : spacing, cancellationToken);
        return injected;
    }

    /// <summary>Scores an event that nobody keeps: a partition that is in memory needs no database for it.</summary>
    private async Task ProbeAsync(DagmmStreamClient client, CancellationToken cancellationToken)
    {
        var stream = client.Stream($"chaos-{_random.Next(options.Streams)}");
        try
        {
            var score = await stream.ProbeAsync(
                new float[ChaosProducer.Features], _random.Next(options.Partitions), cancellationToken);
            if (score.Verdict != Verdict.WarmingUp) _probed++;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _violations.Add($"{stream.Name}: a probe failed while the database was away: {exception.Message}");
        }
    }

    private async Task<int> CheckAsync(StreamClient stream, PartitionId partition, long[] acknowledged, CancellationToken cancellationToken)
    {
        var status = await stream.CheckpointAsync(partition.Partition, cancellationToken);
        var count = acknowledged.Length;
        if (status.Accepted != count) _violations.Add($"{partition}: {count} events acknowledged, {status.Accepted} accepted");
        // What is learned in one piece is dealt over the partitions.
        var chunk = Math.Max(ChunkOfAStream / options.Partitions, SmallestChunk);
        if (status.Trained != status.Accepted - (status.Accepted % chunk))
            _violations.Add($"{partition}: {status.Accepted} events accepted, {status.Trained} trained");
        if (status.TrainingFault is not null) _violations.Add($"{partition}: training stopped: {status.TrainingFault}");
        if (Missing(acknowledged) is { } unacknowledged) _violations.Add($"{partition}: among the acknowledged {unacknowledged}");
        var scores = await stream.GetScoresAsync(0, count + 1, partition.Partition, cancellationToken);
        if (scores.Count != count) _violations.Add($"{partition}: {count} events acknowledged, {scores.Count} scores kept");
        for (var i = 0; i < scores.Count; i++)
            if (scores[i].Offset != i) _violations.Add($"{partition}: offset {scores[i].Offset} where {i} is due");
        if (Missing([.. scores.Select(score => score.Sequence)]) is { } unscored)
            _violations.Add($"{partition}: among the scores {unscored}");
        return count;
    }

    /// <summary>The first sequence that is missing or there twice; null when all are there once.</summary>
    private static string? Missing(long[] sequences)
    {
        Array.Sort(sequences);
        for (var i = 0; i < sequences.Length; i++)
        {
            if (sequences[i] > i) return $"sequence {i} is missing";
            if (sequences[i] < i) return $"sequence {sequences[i]} is there twice";
        }

        return null;
    }

    /// <summary>Lines of a silo's log that speak of exceptions nobody has thought of.</summary>
    private static IEnumerable<string> Unexpected(SiloProcess silo)
    {
        string[] suspicious = ["Unhandled exception", "NullReferenceException", "IndexOutOfRange", "StoreDamaged", "stopped learning"];
        return silo.Output.Split('\n').Where(line => suspicious.Any(word => line.Contains(word, StringComparison.Ordinal)))
            .Take(5).Select(line => $"silo {silo.SiloPort}: {line}");
    }

    private sealed record Injected(FaultKind Kind, TimeSpan At, long Timestamp)
    {
        public FaultReport Report(AcknowledgementLog log, long next) => new(Kind, At, log.Pauses(Timestamp, next));
    }
}
