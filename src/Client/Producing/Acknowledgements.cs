namespace DagmmStream.Client.Producing;

/// <summary>Tells the owners of a batch's events what became of them.</summary>
internal static class Acknowledgements
{
    public static void Complete(OutgoingBatch batch, PushReply reply, int partition)
    {
        var scores = reply.Scores ?? ScoreBlock.Empty;
        for (var i = 0; i < batch.Count; i++)
        {
            switch (batch.Owners[i])
            {
                case TaskCompletionSource<EventScore> single:
                    single.TrySetResult(scores[i]);
                    break;
                case PushSession session:
                    var end = i + 1;
                    while (end < batch.Count && ReferenceEquals(batch.Owners[end], session)) end++;
                    session.Acknowledge(new PushAcknowledgement
                    {
                        Partition = partition,
                        FirstSequence = batch.Start.Sequence + i,
                        Count = end - i,
                        Duplicates = Math.Clamp(reply.Duplicates - i, 0, end - i),
                        Scores = Slice(scores, i, end),
                    });
                    i = end - 1;
                    break;
            }
        }
    }

    public static void Fail(OutgoingBatch batch, DagmmStreamException error)
    {
        foreach (var owner in batch.Owners)
        {
            if (owner is TaskCompletionSource<EventScore> single) single.TrySetException(error);
            else if (owner is PushSession session) session.Fail(error);
        }
    }

    private static ScoreBlock Slice(ScoreBlock scores, int start, int end) => start == 0 && end == scores.Count
        ? scores
        : new ScoreBlock(scores.Data[(start * ScoreBlock.RowBytes)..(end * ScoreBlock.RowBytes)]);
}
