using System.Runtime.InteropServices;
using DagmmStream.Grains.Tests.Hosting;

namespace DagmmStream.Grains.Tests.Decisions;

/// <summary>Policies, rules, labels and back-fill through the grain; scores never change by them.</summary>
public sealed class DecisionTests : IDisposable
{
    private const long Warm = 1024;
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Policies_OneEvent_DecideByTheirOwnLimitAndLeaveTheScoreAlone()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var standard = await ProbeAsync(await CreateAsync(silo, "standard", DecisionPolicy.Default));
        Assert.Equal(Verdict.Anomalous, standard.Verdict);
        var cases = new (DecisionKind Kind, double Limit, bool IsUsual, Verdict Verdict)[]
        {
            (DecisionKind.PValue, 0.5, false, Verdict.Anomalous), (DecisionKind.PValue, 1e-299, true, Verdict.Normal),
            (DecisionKind.Energy, standard.Energy, false, Verdict.Anomalous),
            (DecisionKind.Energy, Math.BitIncrement(standard.Energy), false, Verdict.Normal),
            (DecisionKind.TopShare, 0.01, false, Verdict.Anomalous),
        };
        for (var i = 0; i < cases.Length; i++)
        {
            var policy = new DecisionPolicy { Kind = cases[i].Kind, Limit = cases[i].Limit };
            var score = await ProbeAsync(await CreateAsync(silo, $"case-{i}", policy), cases[i].IsUsual);
            Assert.Equal((cases[i].Verdict, EventFlags.None), (score.Verdict, score.Flags));
        }
    }

    [Theory]
    [InlineData(FeatureRuleKind.IgnoreWithin, 1e5, 1e7, true)]
    [InlineData(FeatureRuleKind.IgnoreWithin, -10, 10, false)]
    public async Task Rules_AnomalyThatOneExcuses_IsNormalAndFlaggedWithItsScore(
        FeatureRuleKind kind, double low, double high, bool excused)
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var plain = await ProbeAsync(await CreateAsync(silo, "plain", DecisionPolicy.Default));
        var policy = new DecisionPolicy { Rules = [new FeatureRule("x", kind, low, high)] };
        var ruled = await ProbeAsync(await CreateAsync(silo, "ruled", policy));
        Assert.Equal(excused ? Verdict.Normal : Verdict.Anomalous, ruled.Verdict);
        Assert.Equal(excused ? EventFlags.Suppressed : EventFlags.None, ruled.Flags);
        Assert.Equal((plain.Energy, plain.Score, plain.PValue), (ruled.Energy, ruled.Score, ruled.PValue));
    }

    [Fact]
    public async Task Rules_OnlyAboveAndOnlyBelow_LookAtTheSideOfTheExpectedValue()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var plain = await CreateAsync(silo, "plain", DecisionPolicy.Default);
        var residual = (await plain.ExplainProbeAsync(Far(), Token)).Features[0].Residual;
        Assert.NotEqual(0, residual);
        var (right, wrong) = residual > 0
            ? (FeatureRuleKind.OnlyAbove, FeatureRuleKind.OnlyBelow) : (FeatureRuleKind.OnlyBelow, FeatureRuleKind.OnlyAbove);
        var kept = await CreateAsync(silo, "kept", new DecisionPolicy { Rules = [new FeatureRule("x", right)] });
        var excused = await CreateAsync(silo, "excused", new DecisionPolicy { Rules = [new FeatureRule("x", wrong)] });
        Assert.Equal(Verdict.Anomalous, (await ProbeAsync(kept)).Verdict);
        Assert.Equal(EventFlags.Suppressed, (await ProbeAsync(excused)).Flags);
    }

    [Fact]
    public async Task Label_AnomalyCalledNormal_SilencesItsLikeThroughARestart()
    {
        EventScore first;
        await using (var silo = await SiloFixture.StartAsync(_directory.Path))
        {
            var partition = await CreateAsync(silo, "s", DecisionPolicy.Default);
            first = await PushFarAsync(partition, Warm);
            Assert.Equal(Verdict.Anomalous, first.Verdict);
            var state = await partition.LabelAsync(Warm, FeedbackLabel.Normal, Token);
            Assert.Equal(new EventLabel(Warm, first.Time, FeedbackLabel.Normal, first.PValue), Assert.Single(state.Labels));
            Assert.Equal(state.BaseLimit, state.Limit);
            AssertSuppressed(first, await PushFarAsync(partition, Warm + 1));
            Assert.Equal(Verdict.Anomalous, (await ProbeAsync(partition, opposite: true)).Verdict);
        }

        await using var again = await SiloFixture.StartAsync(_directory.Path);
        var restarted = again.Partition("s");
        AssertSuppressed(first, await PushFarAsync(restarted, Warm + 2));
        var status = await restarted.GetStatusAsync(Token);
        Assert.Equal((1, 1L, 0L), (status.Labels, status.Suppressed, status.Raised));
        Assert.Empty((await restarted.LabelAsync(Warm, null, Token)).Labels);
        Assert.Equal(Verdict.Anomalous, (await PushFarAsync(restarted, Warm + 3)).Verdict);
    }

    [Fact]
    public async Task Label_NormalCalledAnomaly_RaisesItsLikeAndNothingElse()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo, "s", DecisionPolicy.Default);
        var missed = await partition.ReadScoresAsync(Warm - 1, 1, TimeSpan.Zero, Token);
        await partition.LabelAsync(Warm - 1, FeedbackLabel.Anomaly, Token);
        var reply = await partition.PushAsync(Copy(TestEvents.Batch(Warm - 1, 1), Warm), Token);
        var raised = reply.Scores![0];
        Assert.Equal((Verdict.Anomalous, EventFlags.Raised), (raised.Verdict, raised.Flags));
        Assert.Equal(raised.Energy, (await partition.ExplainAsync(Warm, Token)).Score.Energy);
        Assert.True(missed.Scores[0].PValue > 0.001);
        var others = await partition.PushAsync(TestEvents.Batch(Warm + 1, 200), Token);
        Assert.InRange(Enumerable.Range(0, 200).Count(i => others.Scores![i].Flags == EventFlags.Raised), 0, 20);
        await partition.LabelAsync(Warm - 1, FeedbackLabel.Normal, Token);
        var relabelled = Assert.Single((await partition.GetFeedbackAsync(Token)).Labels);
        Assert.Equal(FeedbackLabel.Normal, relabelled.Label);
    }

    [Fact]
    public async Task Label_EventThatIsNotThere_SaysSo()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path, options => options.ExplainableEvents = 10);
        var partition = await CreateAsync(silo, "s", DecisionPolicy.Default);
        foreach (var offset in (long[])[-1, 0, Warm])
        {
            var exception = await Assert.ThrowsAsync<DagmmStreamException>(
                () => partition.LabelAsync(offset, FeedbackLabel.Normal, Token));
            Assert.Equal(ErrorCode.NotKept, exception.Code);
        }

        await Assert.ThrowsAsync<DagmmStreamException>(() => partition.LabelAsync(Warm - 1, (FeedbackLabel)9, Token));
        Assert.Empty((await partition.GetFeedbackAsync(Token)).Labels);
    }

    [Fact]
    public async Task Label_MoreThanAreKept_ForgetsTheFirst()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo, "s", DecisionPolicy.Default);
        FeedbackState state = null!;
        for (var i = 0; i <= FeedbackState.MaxLabels; i++)
            state = await partition.LabelAsync(Warm - 100 + i, FeedbackLabel.Normal, Token);
        Assert.Equal(FeedbackState.MaxLabels, state.Labels.Length);
        Assert.Equal(Warm - 99, state.Labels[0].Offset);
    }

    [Fact]
    public async Task UpdatePolicy_RunningPartition_DecidesTheNextEventAndSurvivesARestart()
    {
        await using (var silo = await SiloFixture.StartAsync(_directory.Path))
        {
            var partition = await CreateAsync(silo, "s", DecisionPolicy.Default);
            var first = await PushFarAsync(partition, Warm);
            Assert.Equal(Verdict.Anomalous, first.Verdict);
            var excusing = new DecisionPolicy { Rules = [new FeatureRule("x", FeatureRuleKind.IgnoreWithin, 1e5, 1e7)] };
            var changed = await silo.Catalog().UpdatePolicyAsync("s", new StreamPolicy { AlarmRate = 0.2, Decision = excusing }, Token);
            Assert.Equal((0.2, excusing), (changed.AlarmRate, changed.Decision));
            AssertSuppressed(first, await PushFarAsync(partition, Warm + 1));
            Assert.Equal(0.2, (await partition.GetStatusAsync(Token)).DecisionLimit);
        }

        await using var again = await SiloFixture.StartAsync(_directory.Path);
        Assert.Equal(EventFlags.Suppressed, (await PushFarAsync(again.Partition("s"), Warm + 2)).Flags);
        await again.Catalog().UpdatePolicyAsync(
            "s", new StreamPolicy { Decision = new DecisionPolicy { Kind = DecisionKind.Energy, Limit = 1e300 } }, Token);
        Assert.Equal((Verdict.Normal, EventFlags.None), Decided(await PushFarAsync(again.Partition("s"), Warm + 3)));

        static (Verdict Verdict, EventFlags Flags) Decided(in EventScore score) => (score.Verdict, score.Flags);
    }

    [Fact]
    public async Task Push_BackFilled_IsLearnedAndNeverAnomalous()
    {
        await using var silo = await SiloFixture.StartAsync(_directory.Path);
        var partition = await CreateAsync(silo, "s", DecisionPolicy.Default);
        var reply = await partition.PushAsync(Copy(TestEvents.Batch(Warm, 256, outlier: 3), Warm, EventMarks.BackFill), Token);
        for (var i = 0; i < 256; i++)
        {
            Assert.Equal(Verdict.Normal, reply.Scores![i].Verdict);
            Assert.True(reply.Scores[i].Flags.HasFlag(EventFlags.BackFilled));
        }

        Assert.True(reply.Scores![3].Flags.HasFlag(EventFlags.Suppressed));
        Assert.True(reply.Scores[3].PValue < 0.001);
        Assert.Equal(Warm + 256, (await partition.CheckpointAsync(Token)).Trained);
        var bad = Copy(TestEvents.Batch(Warm + 256, 2), Warm + 256, EventMarks.BackFill, marks: 1);
        var exception = await Assert.ThrowsAsync<DagmmStreamException>(() => partition.PushAsync(bad, Token));
        Assert.Contains("1 marks for 2 events", exception.Message, StringComparison.Ordinal);
    }

    private static void AssertSuppressed(in EventScore first, in EventScore score)
    {
        Assert.Equal((Verdict.Normal, EventFlags.Suppressed), (score.Verdict, score.Flags));
        Assert.Equal((first.Energy, first.PValue), (score.Energy, score.PValue));
    }

    private static async Task<IPartitionGrain> CreateAsync(SiloFixture silo, string name, DecisionPolicy policy)
    {
        await silo.Catalog().CreateAsync(
            TestEvents.Definition(name) with { Preset = ModelPreset.Lite, Decision = policy }, Token);
        var partition = silo.Partition(name);
        await TestEvents.PushAsync(partition, 0, (int)Warm);
        await partition.CheckpointAsync(Token);
        return partition;
    }

    private static ProbeEvent Far(float sign = 1) => new()
    {
        Features = MemoryMarshal.AsBytes<float>(TestEvents.Outlier.Select(value => sign * value).ToArray()).ToArray(),
    };

    private static async Task<EventScore> ProbeAsync(IPartitionGrain partition, bool isUsual = false, bool opposite = false)
    {
        var probe = isUsual ? TestEvents.Probe(Warm + 7) : Far(opposite ? -1 : 1);
        return (await partition.ProbeAsync(probe, Token))[0];
    }

    private static async Task<EventScore> PushFarAsync(IPartitionGrain partition, long sequence) =>
        (await partition.PushAsync(TestEvents.Batch(sequence, 1, outlier: 0), Token)).Scores![0];

    private static EventBatch Copy(EventBatch batch, long sequence, EventMarks mark = EventMarks.None, int? marks = null)
    {
        var column = new byte[marks ?? batch.Count];
        Array.Fill(column, (byte)mark);
        return new EventBatch
        {
            Producer = batch.Producer, FirstSequence = sequence, Count = batch.Count, Features = batch.Features, Times = batch.Times,
            Marks = mark == EventMarks.None && marks is null ? null : column,
        };
    }
}
