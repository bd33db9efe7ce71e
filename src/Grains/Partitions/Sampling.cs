using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Grains.Partitions;

/// <summary>Decides by a hash of the offset whether an event is learned at a sampling rate: a replay decides the same.</summary>
internal static class Sampling
{
    /// <summary>True if the event is learned.</summary>
    /// <param name="seed">Seed of the stream.</param>
    /// <param name="offset">Offset of the event.</param>
    /// <param name="rate">0 (none) to 255 (all).</param>
    public static bool Learns(ulong seed, long offset, byte rate)
    {
        if (rate == byte.MaxValue) return true;
        if (rate == 0) return false;
        var random = new CounterRandom(seed, RandomPurpose.Sampling, (ulong)offset);
        return random.NextInt32(byte.MaxValue) < rate;
    }
}
