namespace DagmmStream.Bench.Chaos;

/// <summary>What is done to the cluster.</summary>
internal enum FaultKind
{
    /// <summary>kill -9 of a silo, which is started again.</summary>
    Kill,

    /// <summary>SIGTERM to a silo, which drains and is started again.</summary>
    Terminate,

    /// <summary>SIGSTOP of a silo, SIGCONT after 20 s.</summary>
    Freeze,

    /// <summary>Stop and start of the database, half of the times by a crash.</summary>
    RestartDatabase,

    /// <summary>Batches that were acknowledged long ago are sent again.</summary>
    Resend,

    /// <summary>The database is away for 60 s; probes must go on scoring. Not among the faults at random: it takes too long.</summary>
    Outage,
}
