using DagmmStream.Client;

namespace DagmmStream.Bench.Streams;

/// <summary>A stream with one partition and one producer.</summary>
internal sealed record Partition(IPartitionGrain Grain, StreamClient Stream, int Features)
{
    public long Sent { get; private set; }

    public async Task PushAsync(byte[] rows, CancellationToken token)
    {
        var bytes = EventBatch.MaxEvents * Features * sizeof(float);
        var at = (int)(Sent * Features * sizeof(float) % rows.Length);
        var times = new long[EventBatch.MaxEvents];
        for (var i = 0; i < times.Length; i++) times[i] = (Sent + i) * 1000;
        var (start, packed) = EventTimes.Pack(times);
        while (true)
        {
            var reply = await Grain.PushAsync(
                new EventBatch
                {
                    Producer = "p", FirstSequence = Sent, Count = EventBatch.MaxEvents, Features = rows[at..(at + bytes)], Times = packed,
                    TimeBase = start,
                }, token);
            if (reply.Outcome == PushOutcome.Accepted) break;
            await Task.Delay(20, token);
        }

        Sent += EventBatch.MaxEvents;
    }
}
