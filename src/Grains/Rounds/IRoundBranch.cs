namespace DagmmStream.Grains.Rounds;

/// <summary>One branch of the tree that asks many partitions and merges their answers; keeps nothing.</summary>
[Alias("dagmm.round-branch")]
internal interface IRoundBranch : IGrainWithStringKey
{
    /// <summary>Asks partitions.</summary>
    /// <param name="ask">What, and whom.</param>
    /// <returns>The merged answer, and who is in it.</returns>
    [Alias("Ask")]
    Task<RoundBranchReply> AskAsync(RoundAsk ask);

    /// <summary>Ends a round.</summary>
    /// <param name="ask">Whom; the question is the record.</param>
    [Alias("End")]
    Task EndAsync(RoundAsk ask);
}
