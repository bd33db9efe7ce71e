namespace DagmmStream.Storage.Alerts;

/// <summary>What a change of an episode is in the store; writing it twice does no harm.</summary>
internal static class AlertStatements
{
    public static IEnumerable<(string Sql, object[] Values)> Of(AlertChange change)
    {
        var episode = change.Episode;
        var (text, at) = (AlertJson.Write(episode), Microseconds(change.At));
        yield return (AlertSql.SaveAlert,
        [
            episode.Id, episode.Stream, (long)episode.Partition, (long)episode.Kind, (long)episode.State, episode.LastTime, text, at,
            change.IsSuppressed ? 1L : 0L,
        ]);
        if (change.Transition == AlertTransition.Updated) yield break;
        foreach (var target in change.Targets)
            yield return (AlertSql.AddDelivery, [episode.Id, episode.Stream, (long)change.Transition, target, text, at, at]);
    }

    public static long Microseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Time(long microseconds) => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds);
}
