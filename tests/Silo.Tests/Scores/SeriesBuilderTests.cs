using DagmmStream.Silo.Scores;

namespace DagmmStream.Silo.Tests.Scores;

public class SeriesBuilderTests
{
    [Fact]
    public void Build_NewestIsNeitherLowestNorHighest_EndsTheSeries()
    {
        var builder = new SeriesBuilder(perColumn: 10, partition: 0, mostAnomalies: 1);
        double[] scores = [3, 1, 5, 2];
        for (var i = 0; i < scores.Length; i++) builder.Add(new EventScore(i, i, i, 0, scores[i], 1, Verdict.Normal, 1));
        Assert.Equal([1L, 2, 3], builder.Build(0, scores.Length, 0).Offset);
    }
}
