using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Grains.Tests.Hosting;

/// <summary>A stream of two Gaussians; event i is the same in every batch that has it.</summary>
internal static class TestEvents
{
    public const int Features = 3;

    public static StreamDefinition Definition(string name, Durability durability = Durability.Journaled) => new()
    {
        Name = name,
        Features = ["x", "y", "z"],
        Durability = durability,
        Learning = LearningPolicy.Every,
        Preset = ModelPreset.Paper,
        TrainingQueueCapacity = 4096,
        CheckpointInterval = TimeSpan.FromMinutes(10),
    };

    /// <summary>An event far from all others.</summary>
    public static float[] Outlier => [1e6f, -1e6f, 1e6f];

    public static EventBatch Batch(long firstSequence, int count, string producer = "p", int outlier = -1)
    {
        var values = new float[count * Features];
        var times = new byte[count * sizeof(long)];
        for (var i = 0; i < count; i++)
        {
            (i == outlier ? Outlier : Event(firstSequence + i)).CopyTo(values.AsSpan(i * Features));
            BinaryPrimitives.WriteInt64LittleEndian(times.AsSpan(i * sizeof(long)), (firstSequence + i) * 1000);
        }

        return new EventBatch
        {
            Producer = producer,
            FirstSequence = firstSequence,
            Count = count,
            Features = MemoryMarshal.AsBytes(values.AsSpan()).ToArray(),
            Times = times,
        };
    }

    /// <summary>As <see cref="Batch"/>, with every event moved by so much.</summary>
    public static EventBatch Shifted(long firstSequence, int count, float shift)
    {
        var batch = Batch(firstSequence, count);
        foreach (ref var value in MemoryMarshal.Cast<byte, float>(batch.Features.AsSpan())) value += shift;
        return batch;
    }

    public static ProbeEvent Probe(long sequence) => new() { Features = Batch(sequence, 1).Features };

    public static float[] Event(long sequence)
    {
        var random = new CounterRandom(11, RandomPurpose.Batch, (ulong)sequence);
        var shift = random.NextDouble() < 0.5 ? -2 : 2;
        return [(float)(shift + random.NextGaussian()), (float)random.NextGaussian(), (float)(shift * random.NextGaussian())];
    }

    public static async Task PushAsync(IPartitionGrain partition, long first, int count, int batch = EventBatch.MaxEvents)
    {
        for (var sent = 0; sent < count;)
        {
            var size = Math.Min(batch, count - sent);
            var reply = await partition.PushAsync(Batch(first + sent, size), TestContext.Current.CancellationToken);
            Assert.NotEqual(PushOutcome.SequenceGap, reply.Outcome);
            if (reply.Outcome == PushOutcome.Accepted) sent += size;
            else await Task.Delay(reply.RetryAfter, TestContext.Current.CancellationToken);
        }
    }
}
