using DagmmStream.Modeling.Streaming;

namespace DagmmStream.Modeling.Tests.Streaming;

public class RecentScoresTests
{
    [Theory]
    [InlineData(3, 2)]
    [InlineData(10, 4)]
    [InlineData(10, 10)]
    [InlineData(27, 6)]
    [InlineData(30, 12)]
    public void Newest_AnyNumberAdded_AreTheLastOnes(int added, int wanted)
    {
        var recent = new RecentScores(10);
        for (var i = 0; i < added; i++) recent.Add(i);
        var kept = Math.Min(Math.Min(added, 10), wanted);
        Assert.Equal(Enumerable.Range(added - kept, kept).Select(i => (double)i), recent.Newest(wanted).Order());
    }
}
