using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Randomness;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Tests.Streaming;

/// <summary>A learner whose state is dealt out to partitions: together they have what it had, and nothing twice.</summary>
public class DealtLearnerTests
{
    private const int Features = 2;

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(64)]
    public void Deal_ToPartitions_GivesEachItsShareThatCanBeWrittenAndRead(int partitions)
    {
        var (learner, options) = (Learned(), LearnerOptions.Lite.Share(partitions));
        var parts = Enumerable.Range(0, partitions).Select(p => learner.Deal(options, (ulong)p, p)).ToList();
        var shares = parts.ConvertAll(part => part.Answer(0, new RoundQuestion { Kind = RoundQuestionKind.Collect }).Contribution!);
        var whole = learner.Answer(0, new RoundQuestion { Kind = RoundQuestionKind.Collect }).Contribution!;
        var merged = shares.Aggregate(RoundContribution.Merge);
        Assert.Equal(whole.Window.Count, merged.Window.Count);
        for (var j = 0; j < Features; j++)
        {
            Assert.Equal(whole.Window.Mean[j], merged.Window.Mean[j], 10);
            Assert.Equal(whole.Window.SquaredDeviations[j], merged.Window.SquaredDeviations[j], 1e-8 * whole.Window.SquaredDeviations[j]);
        }

        Assert.Equal((whole.Recent.Count, whole.Version), (merged.Recent.Count, merged.Version));
        Assert.All(parts, part => Assert.Equal(
            part.Counters.Accepted, part.Counters.Seen - part.Counters.Rejected - part.Counters.Repeated));
        foreach (var part in parts)
        {
            var bytes = Bytes(part);
            var read = StreamLearner.Read(new CheckpointReader(bytes), learner.Spec, options, new SimdTrainingEngine());
            Assert.Equal(bytes, Bytes(read));
        }
    }

    [Fact]
    public void Deal_OneOfSeveral_StandsForAllOfThem()
    {
        var one = Learned().Deal(LearnerOptions.Lite.Share(4), 1, 2);
        var alone = one.Deal(LearnerOptions.Lite, 9, 0);
        Assert.Same(one.Snapshot, alone.Snapshot);
        Assert.Equal(one.Counters.Accepted, alone.Counters.Accepted);
        var rows = Rows(256, 5);
        for (var i = 0; i < 20; i++) alone.Learn(rows, 256, 0);
        Assert.True(alone.Snapshot!.Version > one.Snapshot!.Version);
    }

    [Fact]
    public void Adopt_ModelThatWasReplaced_TakesTheWeightsAlthoughItsOwnAreNotInIt()
    {
        var options = LearnerOptions.Lite.Share(2);
        var (source, record) = (Learned(), default(RoundRecord));
        var partition = source.Deal(options, 3, 0);
        partition.Learn(Rows(128, 8), 128, 0);
        Assert.True(partition.RoundSamples > 0);
        record = StreamLearner.Replacement([source], options, 40, 1);
        Assert.True(partition.Adopt(0, record));
        Assert.Equal((40L, 0L), (partition.Snapshot!.Version, partition.RoundSamples));

        // The same as a round of a model that nothing replaced leaves the weights alone.
        partition.Learn(Rows(128, 9), 128, 0);
        var later = record with { Snapshot = record.Snapshot.WithVersion(41) };
        Assert.False(partition.Adopt(0, later));
        Assert.Equal(41, partition.Snapshot!.Version);
    }

    [Fact]
    public void RoundRecord_WithParts_IsReadAsItWasWritten()
    {
        var (source, options) = (Learned(), LearnerOptions.Lite.Share(2));
        var record = StreamLearner.Replacement([source], options, 40, 1) with { Parts = [[1, 2, 3], []] };
        var bytes = record.ToBytes();
        var read = RoundRecord.FromBytes(bytes, new ParameterLayout(source.Spec), options);
        Assert.Equal((40L, 2), (read.Replaced, read.Parts.Length));
        Assert.Equal([1, 2, 3], read.Parts[0]);
        Assert.Equal(bytes, read.ToBytes());
        Assert.Throws<CheckpointException>(() => RoundRecord.FromBytes(
            (record with { Replaced = 41 }).ToBytes(), new ParameterLayout(source.Spec), options));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void Deal_Digest_IsMergedBackToTheSameCount(int parts)
    {
        var random = new CounterRandom(4, RandomPurpose.Batch, 0);
        var digest = QuantileDigest.Of([.. Enumerable.Range(0, 3000).Select(_ => random.NextGaussian())]);
        var dealt = Enumerable.Range(0, parts).Select(part => digest.Deal(part, parts)).ToList();
        Assert.InRange(dealt.Max(part => part.Count) - dealt.Min(part => part.Count), 0, 250);
        var merged = dealt.Aggregate(QuantileDigest.Merge);
        Assert.Equal(digest.Count, merged.Count);
        Assert.InRange(merged.CountAbove(2) / digest.CountAbove(2), 0.9, 1.1);
    }

    private static StreamLearner Learned()
    {
        var learner = new StreamLearner(ModelSpec.Lite(Features), LearnerOptions.Lite, new SimdTrainingEngine(), 7);
        for (var i = 0; i < 30; i++) learner.Learn(Rows(128, (ulong)i), 128, 0);
        return learner;
    }

    private static float[] Rows(int count, ulong key)
    {
        var random = new CounterRandom(21, RandomPurpose.Batch, key);
        return [.. Enumerable.Range(0, count * Features).Select(_ => (float)random.NextGaussian())];
    }

    private static byte[] Bytes(StreamLearner learner)
    {
        var writer = new CheckpointWriter();
        learner.Write(writer);
        return writer.ToArray();
    }
}
