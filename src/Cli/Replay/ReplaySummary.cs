namespace DagmmStream.Cli.Replay;

/// <summary>The figures of a replay, over the whole file also when it was resumed.</summary>
/// <param name="Events">Readable events of the file.</param>
/// <param name="Acknowledged">Events that the service has acknowledged, in this or an earlier run.</param>
/// <param name="Rejected">Lines left out because they could not be read.</param>
/// <param name="Duplicates">Events that were sent again after a lost reply and recognised.</param>
/// <param name="Steps">Training steps of the stream.</param>
/// <param name="Checkpoints">Checkpoints written since the partition was activated.</param>
/// <param name="SnapshotVersion">Version of the snapshot that scores.</param>
/// <param name="RocAuc">Area under the ROC curve of the scored events; null without labels.</param>
/// <param name="AveragePrecision">Average precision of the scored events; null without labels.</param>
/// <param name="EventsPerSecond">Events of this run per second, training and checkpoint included.</param>
/// <param name="Errors">Failures; each is explained on standard error.</param>
public sealed record ReplaySummary(
    long Events, long Acknowledged, long Rejected, long Duplicates, long Steps, long Checkpoints, long SnapshotVersion,
    double? RocAuc, double? AveragePrecision, double EventsPerSecond, int Errors);
