using DagmmStream.Modeling.Checkpoints;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Tests.Scoring;
using DagmmStream.Modeling.Tests.Streaming;

namespace DagmmStream.Modeling.Tests.Rounds;

public class SharedLearnerTests
{
    private const int Features = 3, Partitions = 2;

    private static readonly ModelSpec Spec = ModelSpec.Stream(Features);

    private static readonly LearnerOptions Options = LearnerOptions.Stream.Share(Partitions);

    [Fact]
    public async Task Learn_BeforeTheFirstRound_OnlyGathersAndNeverPublishesByItself()
    {
        var engine = new FakeTrainingEngine();
        var learners = Learners(engine);
        Assert.Empty(engine.Calls);
        Assert.All(learners, learner => Assert.Null(learner.Snapshot));
        var record = await RunAsync(null, learners, engine);
        Assert.Equal(Options.WarmUpSteps, engine.Calls.Count);
        Assert.All(learners, learner => Assert.Same(record.Snapshot, learner.Snapshot));
        Assert.Equal(Weights(learners[0]), Weights(learners[1]));
        Assert.All(learners, learner => Assert.Equal(0, learner.RoundSamples));
        Feed(learners[0], 20, 10);
        Assert.Same(record.Snapshot, learners[0].Snapshot);
        Assert.True(learners[0].RoundSamples > 0);
    }

    [Fact]
    public async Task Adopt_LeftOutWithSomethingLearned_TakesTheSnapshotAndKeepsItsWeights()
    {
        var learners = Learners(new FakeTrainingEngine());
        var first = await RunAsync(null, learners);
        foreach (var learner in learners) Feed(learner, 20, 5);
        var own = Weights(learners[1]);
        var second = await RunAsync(first, learners[..1]);
        var samples = learners[1].RoundSamples;
        Assert.False(learners[1].Adopt(1, second));
        Assert.Same(second.Snapshot, learners[1].Snapshot);
        Assert.Equal(own, Weights(learners[1]));
        Assert.Equal((samples, second.Version), (learners[1].RoundSamples, learners[1].Counters.Published));
        Assert.False(learners[1].Adopt(1, first));
        Assert.Same(second.Snapshot, learners[1].Snapshot);
        // It comes into the next one with all it has learned.
        await RunAsync(second, learners);
        Assert.Equal(Weights(learners[0]), Weights(learners[1]));
    }

    [Fact]
    public async Task Adopt_LearnedOnSinceItContributed_KeepsItsWeights()
    {
        var learners = Learners(new FakeTrainingEngine());
        var first = await RunAsync(null, learners);
        foreach (var learner in learners) Feed(learner, 20, 5);
        var second = (await Runner(learners).RunAsync(first, false, [0, 1])).Record!;
        Feed(learners[0], 30, 1);
        Assert.False(learners[0].Adopt(0, second));
        Assert.True(learners[1].Adopt(1, second));
    }

    [Fact]
    public async Task Read_AfterARound_GoesOnBitForBit()
    {
        var learners = Learners(new FakeTrainingEngine());
        await RunAsync(null, learners);
        Feed(learners[0], 20, 4);
        var reader = new CheckpointReader(Bytes(learners[0]));
        var copy = StreamLearner.Read(reader, Spec, Options, new FakeTrainingEngine());
        reader.End();
        Feed(learners[0], 24, 3);
        Feed(copy, 24, 3);
        Assert.Equal(Bytes(learners[0]), Bytes(copy));
        Assert.Equal(learners[0].RoundSamples, copy.RoundSamples);
    }

    private static StreamLearner[] Learners(FakeTrainingEngine engine)
    {
        var learners = Enumerable.Range(0, Partitions).Select(p => new StreamLearner(Spec, Options, engine, (ulong)p)).ToArray();
        for (var p = 0; p < Partitions; p++) Feed(learners[p], 10 * p, 4);
        return learners;
    }

    private static void Feed(StreamLearner learner, int seed, int chunks)
    {
        for (var i = 0; i < chunks; i++)
            learner.Learn(TestModels.Rows(Options.ChunkSize, Features, (ulong)(seed + i)), Options.ChunkSize);
    }

    private static async Task<RoundRecord> RunAsync(
        RoundRecord? previous, StreamLearner[] learners, FakeTrainingEngine? engine = null)
    {
        var outcome = await Runner(learners, engine).RunAsync(previous, previous is null, [.. Enumerable.Range(0, learners.Length)]);
        var record = outcome.Record!;
        for (var p = 0; p < learners.Length; p++) Assert.True(learners[p].Adopt(p, record));
        return record;
    }

    private static RoundRunner Runner(StreamLearner[] learners, FakeTrainingEngine? engine = null) => new(
        new ParameterLayout(Spec), Options, engine ?? new FakeTrainingEngine(), 7, (question, asked) => Task.FromResult(RoundReply.Merge(
            [.. asked.Select(p => new RoundReply(learners[p].Answer(p, question), [p]))])));

    private static float[] Weights(StreamLearner learner) =>
        learner.Answer(0, new RoundQuestion { Kind = RoundQuestionKind.Collect }).Contribution!.Weights
            .ToState(new ParameterLayout(Spec), 0).Weights;

    private static byte[] Bytes(StreamLearner learner)
    {
        var writer = new CheckpointWriter();
        learner.Write(writer);
        return writer.ToArray();
    }
}
