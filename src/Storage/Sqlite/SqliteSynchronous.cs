namespace DagmmStream.Storage.Sqlite;

/// <summary>What a commit waits for.</summary>
public enum SqliteSynchronous
{
    /// <summary>A committed event survives the end of the process (kill -9), but a power loss may take the last commits.</summary>
    Normal = 1,

    /// <summary>A committed event survives a power loss: every group commit waits for the disk.</summary>
    Full = 2,
}
