using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Tests.Scoring;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Streaming;

public class StreamLearnerTests
{
    private const int Features = 3, Chunk = 128;

    private static readonly ModelSpec Spec = ModelSpec.Stream(Features);

    [Fact]
    public void Learn_WarmUp_PublishesAtExactly256Events()
    {
        var engine = new FakeTrainingEngine();
        var learner = Create(engine);
        Assert.Null(learner.Learn(Normal(255, 1), 255).Snapshot);
        Assert.Empty(engine.Calls);
        var report = learner.Learn(Normal(1, 2), 1);
        Assert.Equal(1, report.Snapshot!.Version);
        Assert.Null(report.Snapshot.Anchor);
        Assert.Equal(256, report.Snapshot.WindowCount);
        Assert.Equal((256, 256, 1), (report.WarmUpSeen, report.Counters.Accepted, report.Counters.Published));
        Assert.Equal(Enumerable.Range(0, 250).Select(i => (long)i), engine.Calls.Select(call => call.Step));
        Assert.All(engine.Calls, call => Assert.Equal(128, call.Rows));
        Assert.Equal(125, engine.Calls.FindIndex(call => !call.Options.ReconstructionOnly));
        Assert.Equal(175, engine.Calls.FindIndex(call => call.Options.LearningRate < 2e-3));
        Assert.Equal(6e-4, engine.Calls[^1].Options.LearningRate, 1e-12);
    }

    [Fact]
    public void Learn_BurstOfFarOutliers_RejectsAllAndChangesNoModel()
    {
        var learner = Warm(4);
        var before = learner.Report();
        var after = learner.Learn(Normal(50, 9, shift: 1000), 50);
        Assert.Equal(before.Counters.Rejected + 50, after.Counters.Rejected);
        Assert.Equal(before.Counters.Accepted, after.Counters.Accepted);
        Assert.Equal(before.Steps, after.Steps);
        Assert.Same(before.Snapshot, after.Snapshot);
    }

    [Fact]
    public void Learn_NothingIsAcceptedAnyMore_LearnsTheRejectedAtOnce()
    {
        var learner = Warm(4);
        var before = learner.Report();
        var first = learner.Learn(Normal(50, 9, shift: 1000), 50);
        Assert.Equal((0, before.Counters.Accepted), (first.Counters.Escapes, first.Counters.Accepted));
        var second = learner.Learn(Normal(50, 10, shift: 1000), 50);
        Assert.Equal(DriftKind.Broken, second.Drift!.Value.Kind);
        Assert.Equal(second.Counters.Seen, second.Drift.Value.Seen);
        Assert.Equal([DriftKind.Suspected, DriftKind.Broken], second.Drifts.Select(drift => drift.Kind));
        Assert.Equal((1, 2), (second.Counters.Escapes, second.Counters.Drifts));
        Assert.True(second.Counters.Accepted >= before.Counters.Accepted + 100);
        Assert.True(second.Snapshot!.Version > before.Snapshot!.Version);
        Assert.Equal(second.Counters.Seen, second.Counters.Accepted + second.Counters.Rejected);
    }

    [Fact]
    public void Learn_DriftAtAnOffset_IsRememberedThereAndReadBack()
    {
        var learner = Warm(4);
        learner.Learn(Normal(50, 9, shift: 1000), 50, nextOffset: 7000);
        var drift = learner.Learn(Normal(50, 10, shift: 1000), 50, nextOffset: 8000).Drift!.Value;
        Assert.Equal((DriftKind.Broken, 8000L, learner.Counters.Seen), (drift.Kind, drift.Offset, drift.Seen));
        Assert.Equal(learner.Report().Drifts, Reread(learner).Report().Drifts);
        Assert.Equal([7000L, 8000L], learner.Report().Drifts.Select(one => one.Offset));
    }

    [Fact]
    public void Learn_EqualEvents_AreLearnedUpToTheLimit()
    {
        var (learner, row) = (Warm(4), Normal(1, 9));
        var before = learner.Counters;
        for (var chunk = 0; chunk < 4; chunk++)
            learner.Learn(Enumerable.Repeat(row, Chunk).SelectMany(values => values).ToArray(), Chunk);
        var (after, limit) = (learner.Counters, LearnerOptions.Stream.RepeatLimit);
        Assert.Equal((4 * Chunk) - limit, after.Repeated);
        Assert.Equal(limit, after.Accepted + after.Rejected - before.Accepted - before.Rejected);
    }

    [Fact]
    public void Learn_NoEvents_ChangesNothing()
    {
        foreach (var chunks in new[] { 0, 1, 5 })
        {
            var learner = Warm(chunks);
            var before = Bytes(learner);
            Assert.Null(learner.Learn([], 0).LastStep);
            Assert.Equal(before, Bytes(learner));
        }
    }

    [Fact]
    public void Read_WrittenAfterAnyChunk_GoesOnBitForBit()
    {
        const int Chunks = 9;
        var whole = Warm(Chunks);
        var expected = Bytes(whole);
        Prop.ForAll(Gen.Choose(0, Chunks).ToArbitrary(), k =>
        {
            var resumed = Reread(Warm(k));
            Feed(resumed, k, Chunks);
            Assert.Equal(expected, Bytes(resumed));
            Assert.Equal(whole.Counters, resumed.Counters);
            Assert.Equal(SnapshotBytes(whole), SnapshotBytes(resumed));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(12));
    }

    [Fact]
    public void Learn_PublishInterval_FollowsTheSchedule()
    {
        var options = LearnerOptions.Stream with { PublishAging = 4, PublishIntervalMax = 256 };
        var learner = new StreamLearner(Spec, options, new FakeTrainingEngine(), 7);
        var publishAt = 256L;
        for (var i = 0; i < 20; i++)
        {
            var before = learner.Counters.Published;
            var now = learner.Learn(Normal(Chunk, (ulong)i), Chunk).Counters;
            Assert.Equal(now.Accepted >= publishAt ? before + 1 : before, now.Published);
            if (now.Published > before) publishAt = now.Accepted + Math.Clamp(now.Accepted / 4, 128, 256);
            Assert.Equal(now.Seen, now.Accepted + now.Rejected + now.Repeated);
        }

        Assert.InRange(learner.Counters.Published, 8, 12);
    }

    [Fact]
    public void Learn_WeightsBecomeNaN_KeepsTheSnapshotUntilTheyAreFinite()
    {
        // The warm-up takes steps 0 to 249.
        var learner = Warm(3, new FakeTrainingEngine { PoisonAt = 250, HealAt = 258 });
        var first = learner.Snapshot!;
        Feed(learner, 3, 6);
        var kept = learner.Snapshot!;
        Assert.Same(first, kept);
        Assert.True(learner.Counters.FailedPublishes > 0);
        Assert.True(double.IsFinite(new EnergyScorer().Score(kept, Normal(1, 3)).Score));
        Feed(learner, 4, 12);
        Assert.True(learner.Snapshot!.Version > kept.Version);
        Assert.Equal(SnapshotBytesOf(first), SnapshotBytesOf(learner.Snapshot.Anchor!));
    }

    [Fact]
    public void Learn_EventsScoredElsewhere_MakeNoDifference()
    {
        var (quiet, busy) = (Warm(3), Warm(3));
        var scorer = new EnergyScorer();
        for (var i = 3; i < 6; i++)
        {
            Feed(quiet, i, i + 1);
            for (var n = 0; n < 50; n++) scorer.Score(busy.Snapshot!, Normal(1, (ulong)n, shift: n));
            Feed(busy, i, i + 1);
        }

        Assert.Equal(Bytes(quiet), Bytes(busy));
    }

    [Fact]
    public void Learn_ValueNotFinite_ThrowsAndChangesNothing()
    {
        var learner = Warm(3);
        var before = Bytes(learner);
        Assert.Throws<ArgumentException>(() => learner.Learn([1, float.NaN, 2], 1));
        Assert.Throws<ArgumentException>(() => learner.Learn([1, 2], 1));
        Assert.Equal(before, Bytes(learner));
    }

    [Fact]
    public void Create_EngineWithoutTheModel_Throws() =>
        Assert.Throws<ArgumentException>(() => Create(new FakeTrainingEngine { IsSupported = false }));

    [Fact]
    public void Read_AnyTruncation_ThrowsCheckpointException()
    {
        var bytes = Bytes(Warm(3));
        for (var length = 0; length < bytes.Length; length += 97)
        {
            Assert.Throws<CheckpointException>(() => StreamLearner.Read(
                new CheckpointReader(bytes.AsMemory(0, length)), Spec, LearnerOptions.Stream, new FakeTrainingEngine()));
        }
    }

    private static StreamLearner Create(FakeTrainingEngine engine) => new(Spec, LearnerOptions.Stream, engine, 7);

    private static StreamLearner Warm(int chunks, FakeTrainingEngine? engine = null)
    {
        var learner = Create(engine ?? new FakeTrainingEngine());
        Feed(learner, 0, chunks);
        return learner;
    }

    private static void Feed(StreamLearner learner, int from, int to)
    {
        // Chunks of changing size: pending rows and publishes fall anywhere.
        for (var i = from; i < to; i++) learner.Learn(Normal(Chunk - i, (ulong)i), Chunk - i);
    }

    private static float[] Normal(int count, ulong seed, float shift = 0)
    {
        var rows = TestModels.Rows(count, Features, seed + 100);
        for (var i = 0; i < rows.Length; i++) rows[i] += shift;
        return rows;
    }

    private static StreamLearner Reread(StreamLearner learner)
    {
        var reader = new CheckpointReader(Bytes(learner));
        var copy = StreamLearner.Read(reader, Spec, LearnerOptions.Stream, new FakeTrainingEngine());
        reader.End();
        return copy;
    }

    private static byte[] Bytes(StreamLearner learner)
    {
        var writer = new CheckpointWriter();
        learner.Write(writer);
        return writer.ToArray();
    }

    private static byte[] SnapshotBytes(StreamLearner learner) => SnapshotBytesOf(learner.Snapshot!);

    private static byte[] SnapshotBytesOf(ModelSnapshot snapshot)
    {
        var writer = new CheckpointWriter();
        snapshot.Write(writer);
        return writer.ToArray();
    }
}
