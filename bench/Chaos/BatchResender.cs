using DagmmStream.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DagmmStream.Bench.Chaos;

/// <summary>Sends batches again that were acknowledged before, as a client would whose replies were lost.</summary>
internal sealed class BatchResender(IHost host, AcknowledgementLog log, string producer, Random random) : IAsyncDisposable
{
    private const int Batches = 16;
    private const int Events = 8;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Events that the service recognised.</summary>
    public long Recognised { get; private set; }

    /// <summary>Batches that were taken for new ones: there must be none.</summary>
    public List<string> Violations { get; } = [];

    public static async Task<BatchResender> ConnectAsync(ChaosCluster cluster, AcknowledgementLog log, string producer, Random random)
    {
        return new BatchResender(await cluster.ConnectAsync(), log, producer, random);
    }

    public async Task ResendAsync(CancellationToken cancellationToken)
    {
        var partitions = log.Partitions.ToArray();
        for (var i = 0; i < Batches; i++)
        {
            var partition = partitions[random.Next(partitions.Length)];
            var known = log.Sequences(partition);
            if (known.Length < Events) continue;
            var first = known[random.Next(known.Length - Events)];
            await ResendAsync(partition, first, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        host.Dispose();
    }

    private async Task ResendAsync(PartitionId partition, long first, CancellationToken cancellationToken)
    {
        var grain = host.Services.GetRequiredService<IClusterClient>().GetGrain<IPartitionGrain>(partition.ToString());
        var batch = new EventBatch
        {
            Producer = producer, FirstSequence = first, Count = Events, Times = new byte[Events * sizeof(long)],
            Features = new byte[Events * ChaosProducer.Features * sizeof(float)],
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        while (true)
        {
            try
            {
                var reply = await grain.PushAsync(batch, limit.Token);
                Recognised += reply.Duplicates;
                if (reply.Outcome != PushOutcome.Accepted || reply.Duplicates != Events)
                    Violations.Add($"{partition}: events {first} to {first + Events - 1} sent again: {reply.Outcome}, "
                        + $"{reply.Duplicates} recognised, expected {reply.ExpectedSequence} ({reply.Reason})");
                return;
            }
            catch (Exception exception) when (!limit.IsCancellationRequested && IsTransient(exception))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);
            }
        }
    }

    private static bool IsTransient(Exception exception) => exception is DagmmStreamException { IsTransient: true }
        or Orleans.Runtime.OrleansException or TimeoutException or IOException;
}
