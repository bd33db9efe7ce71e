using DagmmStream.Modeling.Evaluation;
using FsCheck.Xunit;

namespace DagmmStream.Modeling.Tests.Evaluation;

public class RankingMetricsTests
{
    [Fact]
    public void RocAuc_HandComputedRanking_MatchesCountedPairs()
    {
        // 3 of the 4 pairs (anomaly, normal) are ranked right: (.8,.4), (.8,.1) and (.35,.1).
        Assert.Equal(0.75, RankingMetrics.RocAuc([0.1, 0.4, 0.35, 0.8], [false, false, true, true]));
    }

    [Fact]
    public void RocAuc_Ties_CountHalf()
    {
        // Pairs: (2,2) half, (2,1) right, (1,2) wrong, (1,1) half: 2 of 4.
        Assert.Equal(0.5, RankingMetrics.RocAuc([2, 2, 1, 1], [true, false, true, false]));
        Assert.Equal(0.5, RankingMetrics.RocAuc([7, 7, 7], [true, false, false]));
    }

    [Fact]
    public void AveragePrecision_HandComputedRanking_SumsPrecisionAtEachRecallStep()
    {
        // Ranking .8+ .4- .35+ .1-: 1/2 * 1/1 + 1/2 * 2/3.
        Assert.Equal(5.0 / 6, RankingMetrics.AveragePrecision([0.1, 0.4, 0.35, 0.8], [false, false, true, true]), 15);
    }

    [Fact]
    public void AveragePrecision_AllScoresEqual_IsShareOfAnomalies() =>
        Assert.Equal(0.25, RankingMetrics.AveragePrecision([3, 3, 3, 3], [false, true, false, false]));

    [Fact]
    public void Metrics_PerfectAndReversedRanking_AreTheExtremes()
    {
        bool[] labels = [false, false, true];
        Assert.Equal(1, RankingMetrics.RocAuc([1, 2, double.PositiveInfinity], labels));
        Assert.Equal(1, RankingMetrics.AveragePrecision([1, 2, double.PositiveInfinity], labels));
        Assert.Equal(0, RankingMetrics.RocAuc([1, 2, double.NegativeInfinity], labels));
        Assert.Equal(1.0 / 3, RankingMetrics.AveragePrecision([1, 2, double.NegativeInfinity], labels), 15);
    }

    [Fact]
    public void Metrics_OneClassAbsent_AreNaN()
    {
        Assert.Equal(double.NaN, RankingMetrics.RocAuc([1, 2], [true, true]));
        Assert.Equal(double.NaN, RankingMetrics.RocAuc([1, 2], [false, false]));
        Assert.Equal(double.NaN, RankingMetrics.AveragePrecision([1, 2], [false, false]));
        Assert.Equal(double.NaN, RankingMetrics.AveragePrecision([], []));
    }

    [Fact]
    public void Metrics_BadInput_NameTheValue()
    {
        Assert.Contains("2 scores and 1 labels", Assert.Throws<ArgumentException>(() => RankingMetrics.RocAuc([1, 2], [true])).Message);
        Assert.Contains("score 1 is NaN",
            Assert.Throws<ArgumentException>(() => RankingMetrics.AveragePrecision([1, double.NaN], [true, false])).Message);
    }

    [Property]
    public void RocAuc_AnyScores_EqualsTheCountOverAllPairs((short Score, bool Anomaly)[] events)
    {
        var scores = events.Select(e => (double)e.Score).ToArray();
        var labels = events.Select(e => e.Anomaly).ToArray();
        var pairs = (from a in events where a.Anomaly from b in events where !b.Anomaly select (a, b)).ToArray();
        var expected = pairs.Sum(p => p.a.Score > p.b.Score ? 1 : p.a.Score == p.b.Score ? 0.5 : 0) / pairs.Length;
        Assert.Equal(pairs.Length == 0 ? double.NaN : expected, RankingMetrics.RocAuc(scores, labels), 12);
    }

    [Fact]
    public void DetectionCounts_HandCounted_GiveTheRatios()
    {
        var counts = default(DetectionCounts);
        foreach (var (called, anomaly) in ((bool, bool)[])[(true, true), (true, true), (true, false), (false, true), (false, false)])
            counts = counts.Add(called, anomaly);
        Assert.Equal(new DetectionCounts(2, 1, 1, 1), counts);
        Assert.Equal(2.0 / 3, counts.Precision, 15);
        Assert.Equal(2.0 / 3, counts.Recall, 15);
        Assert.Equal(2.0 / 3, counts.F1, 15);
        Assert.Equal(double.NaN, default(DetectionCounts).Precision);
    }
}
