namespace DagmmStream;

/// <summary>The coordinator of a stream with more than one partition; its key is the stream's name.</summary>
[Alias("dagmm.round")]
public interface IRoundGrain : IGrainWithStringKey
{
    /// <summary>The newest round.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Its number, partitions and duration.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>.</exception>
    [Alias("GetStatus")]
    Task<RoundStatus> GetStatusAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs a round now, or waits for the one that runs, and returns when it is decided; rounds run by themselves too.</summary>
    /// <param name="cancellationToken">Cancels the wait, not the round.</param>
    /// <returns>The newest round: the old one if this one could not be decided.</returns>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.StreamNotFound"/>.</exception>
    [Alias("Run")]
    Task<RoundStatus> RunAsync(CancellationToken cancellationToken = default);
}
