namespace DagmmStream.Silo.Events;

/// <summary>Reads events from a request's body, one at a time: a body may be larger than memory.</summary>
internal interface IEventDecoder : IAsyncDisposable
{
    /// <summary>Columns of the body that are neither features nor time nor key, and are not used.</summary>
    IReadOnlyList<string> IgnoredColumns { get; }

    /// <summary>Reads the next event, or the next rejection.</summary>
    /// <param name="row">Filled, when true is returned.</param>
    /// <param name="cancellationToken">Ends the wait for the body.</param>
    /// <returns>False at the end of the body.</returns>
    ValueTask<bool> ReadAsync(EventRow row, CancellationToken cancellationToken);
}
