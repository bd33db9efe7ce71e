namespace DagmmStream;

/// <summary>What an acknowledgement of a stream means.</summary>
public enum Durability
{
    /// <summary>The events are on disk: an acknowledged event survives any crash.</summary>
    Journaled = 0,

    /// <summary>
    /// The events are in memory: fastest; a crash loses what no checkpoint covers yet, and so does the end of the last silo, up to one
    /// chunk of events. When a partition moves to another silo they go along.
    /// </summary>
    InMemory = 1,
}
