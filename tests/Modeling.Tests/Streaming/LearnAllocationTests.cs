using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Training.Simd;

namespace DagmmStream.Modeling.Tests.Streaming;

/// <summary>What learning allocates: training nothing, publishing a snapshot and little beside, none of it large objects.</summary>
[Collection(AllocationCollection.Name)]
public sealed class LearnAllocationTests
{
    private const int Events = 16_384;
    private const int LargeBytes = 2_000_000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 8, 192)]
    [InlineData(false, 8, 1024)]
    public void Learn_FullWindow_AllocatesSoMuchPerEvent(bool isLite, int features, int most)
    {
        var (learner, rows) = Filled(isLite, features);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Learn(learner, rows);
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / (double)Events, 0, most);
    }

    [Theory]
    [InlineData(true, 8)]
    [InlineData(false, 64)]
    public async Task Learn_FullWindow_AllocatesNoLargeObjects(bool isLite, int features)
    {
        var (learner, rows) = Filled(isLite, features);
        using var listener = new LargeObjectListener();
        Learn(learner, rows);
        // Events come in order: what is large is seen, and all that came before.
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (listener.Types.Count == 0 || !listener.Types.Contains("System.Byte[]"))
        {
            GC.KeepAlive(new byte[LargeBytes]);
            await timer.WaitForNextTickAsync(Token);
        }

        Assert.All(listener.Types, type => Assert.Equal("System.Byte[]", type));
    }

    private static (StreamLearner Learner, float[] Rows) Filled(bool isLite, int features)
    {
        var (spec, options) = isLite ? (ModelSpec.Lite(features), LearnerOptions.Lite)
            : (ModelSpec.Stream(features), LearnerOptions.Stream);
        var learner = new StreamLearner(spec, options, new SimdTrainingEngine(), 7);
        var (random, rows) = (new Random(7), new float[Events * features]);
        for (var i = 0; i < rows.Length; i++) rows[i] = (float)(random.NextDouble() + random.NextDouble() + random.NextDouble());
        Learn(learner, rows);
        return (learner, rows);
    }

    private static void Learn(StreamLearner learner, float[] rows)
    {
        var size = learner.Options.ChunkSize * learner.Spec.Features;
        for (var at = 0; at < rows.Length; at += size)
        {
            Token.ThrowIfCancellationRequested();
            learner.Learn(rows.AsSpan(at, size), learner.Options.ChunkSize);
        }
    }
}
