namespace DagmmStream.Grains.Rounds;

/// <summary>The coordinator's calls to a partition; same grain as <see cref="IPartitionGrain"/>.</summary>
[Alias("dagmm.round-partition")]
internal interface IRoundPartition : IGrainWithStringKey
{
    /// <summary>
    /// Stops learning at the next chunk boundary until the round is over, writes a checkpoint, and gives the partition's contribution.
    /// Asking again for the same round gives the same.
    /// </summary>
    /// <param name="round">Number of the round.</param>
    /// <param name="question">The question.</param>
    /// <returns>The answer; empty when the partition cannot take part.</returns>
    [Alias("Collect")]
    Task<byte[]> CollectAsync(long round, byte[] question);

    /// <summary>Answers a question about the window.</summary>
    /// <param name="round">Number of the round.</param>
    /// <param name="question">The question.</param>
    /// <returns>The answer; empty when the partition is not part of this round any more.</returns>
    [Alias("Measure")]
    Task<byte[]> MeasureAsync(long round, byte[] question);

    /// <summary>
    /// Takes over a model that was put in the place of the stream's: the activation that has the old one ends, the next one finds the new
    /// one in the store.
    /// </summary>
    /// <param name="version">Version of the new model.</param>
    /// <returns>True once the partition has it, in its checkpoints too; false while the old activation ends.</returns>
    [Alias("TakeOver")]
    Task<bool> TakeOverAsync(long version);

    /// <summary>Takes over what the round published, and learns on.</summary>
    /// <param name="round">Number of the round.</param>
    /// <param name="record">The record; empty when nothing was published.</param>
    [Alias("End")]
    Task EndAsync(long round, byte[] record);
}
