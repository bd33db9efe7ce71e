using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public class RecentScoresTests
{
    private static readonly LearnerOptions Options = LearnerOptions.Stream;

    [Theory]
    [InlineData(128)]
    [InlineData(2048)]
    [InlineData(20_480)]
    public void Fold_AnyLength_RemembersBetweenOneAndTwoGenerations(int events)
    {
        var recent = new RecentScores();
        for (var i = 0; i < events; i++)
        {
            recent.Add(i);
            if (i % 128 == 127) recent.Fold(i + 1, Options);
        }

        var generation = Math.Clamp(events / 4, Options.CalibrationMinimum, Options.CalibrationCount / 2);
        Assert.InRange(recent.Count, Math.Min(events, generation), 2.5 * generation);
        // The newest ones.
        Assert.Equal(0, recent.Digest.CountAbove(events));
        Assert.Equal(recent.Count, recent.Digest.CountAbove(events - recent.Count - 1));
    }

    [Fact]
    public void Forget_UnfinishedChunk_LeavesTheOthers()
    {
        var recent = new RecentScores();
        recent.Add(1);
        recent.Fold(1, Options);
        recent.Add(2);
        recent.Forget();
        recent.Fold(2, Options);
        Assert.Equal((1, 1.0), (recent.Count, recent.Digest.Means[0]));
    }

    [Fact]
    public void Read_Written_GoesOnAlike()
    {
        var recent = new RecentScores();
        for (var i = 0; i < 3072; i++)
        {
            recent.Add(Math.Sin(i));
            if (i % 128 == 127) recent.Fold(i + 1, Options);
        }

        var writer = new CheckpointWriter();
        recent.Write(writer);
        var copy = RecentScores.Read(new CheckpointReader(writer.ToArray()));
        Assert.Equal(recent.Count, copy.Count);
        Assert.Equal(recent.Digest.Means.ToArray(), copy.Digest.Means.ToArray());
    }
}
