using System.Buffers;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DagmmStream.Silo.Api;

namespace DagmmStream.Silo.Live;

/// <summary>One reader of live scores: waits for news, gathers them for a moment, and goes on in every partition where it stood.</summary>
/// <param name="hub">What is watched.</param>
/// <param name="grains">Finds the partitions.</param>
/// <param name="options">Times.</param>
/// <param name="time">Clock.</param>
/// <param name="view">How much of the scores it gets.</param>
internal sealed class LiveConnection(LiveHub hub, GrainLookup grains, HttpApiOptions options, TimeProvider time, LiveView view)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);

    // A LiveFrame without batches.
    private static readonly byte[] Alive = "{\"batches\":[]}"u8.ToArray();

    /// <summary>Writes scores until the reader leaves.</summary>
    /// <param name="partitions">The partitions.</param>
    /// <param name="cursor">Where to begin; every partition is in it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Messages whose data are a <see cref="LiveFrame"/> in JSON.</returns>
    public async IAsyncEnumerable<SseItem<byte[]>> RunAsync(
        PartitionId[] partitions, LiveCursor cursor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        hub.Connect();
        var feeds = new List<(PartitionId Partition, LiveFeed Feed)>(partitions.Length);
        try
        {
            foreach (var partition in partitions)
            {
                var grain = grains.Partition(partition.Stream, partition.Partition);
                feeds.Add((partition, hub.Watch(partition, grain, (await grain.GetStatusAsync(cancellationToken)).Accepted)));
            }

            // The first message at once: the reader sees that it is connected, and knows a cursor.
            yield return Item(Alive, cursor);
            var watch = new LiveWatch(feeds, cursor);
            while (await NextAsync(watch, cancellationToken) is { } frame) yield return Item(frame, cursor);
        }
        finally
        {
            foreach (var (partition, _) in feeds) hub.Leave(partition);
            hub.Disconnect();
        }
    }

    /// <summary>New scores; none after a silence; null when the reader has left or the silo stops, which is no error.</summary>
    private async Task<byte[]?> NextAsync(LiveWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(options.LiveInterval, time, cancellationToken);
            return await WaitAsync(watch, cancellationToken) ? Frame(await watch.ReadAsync(cancellationToken)) : Alive;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<bool> WaitAsync(LiveWatch watch, CancellationToken cancellationToken)
    {
        try
        {
            await watch.WhenNews().WaitAsync(options.LiveKeepAlive, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            // Nothing new: the message without scores tells the reader that all is well.
            return false;
        }
    }

    private byte[] Frame(List<LiveStretch> stretches)
    {
        if (stretches.Count == 0) return Alive;
        var buffer = new ArrayBufferWriter<byte>(stretches.Sum(stretch => stretch.Encoded(view).Length + 1) + Alive.Length);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("batches"u8);
            foreach (var stretch in stretches) writer.WriteRawValue(stretch.Encoded(view), skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static SseItem<byte[]> Item(byte[] frame, LiveCursor cursor) =>
        new(frame, "scores") { EventId = cursor.ToString(), ReconnectionInterval = Reconnect };
}
