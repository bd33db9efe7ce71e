namespace DagmmStream.Client.Producing;

/// <summary>Where a producer stands on a partition.</summary>
/// <param name="Producer">Name under which events are numbered.</param>
/// <param name="Sequence">Next sequence.</param>
internal readonly record struct ProducerPosition(string Producer, long Sequence)
{
    /// <summary>The first position under a name that nobody has used.</summary>
    public static ProducerPosition NewName() => new(Guid.NewGuid().ToString("N"), 0);
}
