using System.Collections.Immutable;
using System.Text.Json;

namespace DagmmStream.Client.Http;

// What the client reads of the service's JSON (docs/api.md).

internal sealed record HttpScore(
    long Offset, DateTimeOffset Time, double Energy, double Score, double PValue, Verdict Verdict, long SnapshotVersion, long Sequence,
    EventFlags Flags)
{
    public EventScore ToScore() => new(
        Offset, (Time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond, Sequence, Energy, Score, PValue, Verdict,
        SnapshotVersion, Flags);
}

internal sealed record HttpPushReply(int Duplicates, ImmutableArray<HttpScore> Scores);

internal sealed record HttpScoreList(ImmutableArray<HttpScore> Scores, long FirstOffset)
{
    public const int LargestPage = 10_000;
}

internal sealed record HttpStream(StreamDefinition Definition, ImmutableArray<PartitionStatus> Partitions);

internal sealed record HttpStreamList(ImmutableArray<HttpStream> Streams, string? Next);

internal sealed record HttpWatermark(long Sequence);

internal sealed record HttpLabel(FeedbackLabel Label);

internal sealed record HttpProblem(string? Type, string? Detail, string? Title, long ExpectedSequence);

internal sealed record HttpExplanation(
    HttpScore Score, double MedianEnergy, ImmutableArray<EnergyPart> Parts, ImmutableArray<FeatureExplanation> Features,
    ImmutableArray<double> Memberships, int Members, ImmutableArray<float> Input)
{
    /// <param name="order">Names of the stream's features: the service sends them by their share of the error.</param>
    public EventExplanation ToExplanation(ImmutableArray<string> order) => new()
    {
        Score = Score.ToScore(),
        MedianEnergy = MedianEnergy,
        Parts = Parts,
        Features = [.. Features.OrderBy(feature => order.IndexOf(feature.Name))],
        Memberships = Memberships,
        Members = Members,
        Input = Input,
    };
}

internal sealed record HttpLiveBatch(
    long NextOffset, ImmutableArray<long> Offset, ImmutableArray<double> Time, ImmutableArray<double> Energy, ImmutableArray<double> Score,
    ImmutableArray<double> PValue, ImmutableArray<int> Verdict, ImmutableArray<long> Sequence, ImmutableArray<int> Flags,
    ImmutableArray<long> Snapshot)
{
    private const double MicrosecondsPerMillisecond = 1000;

    public ScorePage ToPage()
    {
        var scores = new EventScore[Offset.Length];
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = new EventScore(
                Offset[i], (long)Math.Round(Time[i] * MicrosecondsPerMillisecond), Sequence[i], Energy[i], Score[i], PValue[i],
                (Verdict)Verdict[i], Snapshot[i], (EventFlags)Flags[i]);
        }

        return new ScorePage { Scores = ScoreBlock.From(scores), NextOffset = NextOffset, FirstOffset = 0 };
    }
}

internal sealed record HttpLiveFrame(ImmutableArray<HttpLiveBatch> Batches);

internal sealed record HttpModelVersion(long Version);

internal sealed record HttpModelVersions(ImmutableArray<KeptModel> Kept);
