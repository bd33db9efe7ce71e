using System.Collections.Immutable;
using DagmmStream.Modeling.Rounds;
using DagmmStream.Modeling.Scoring;
using DagmmStream.Modeling.Specification;
using DagmmStream.Modeling.Statistics;
using DagmmStream.Modeling.Streaming;
using DagmmStream.Modeling.Tests.Scoring;
using DagmmStream.Modeling.Tests.Streaming;
using DagmmStream.Modeling.Training;
using FsCheck;
using FsCheck.Fluent;

namespace DagmmStream.Modeling.Tests.Rounds;

public class RoundTests
{
    private const int Features = 5;

    private static readonly ModelSpec[] Specs = [ModelSpec.Stream(Features), ModelSpec.Lite(Features), ModelSpec.Paper(Features)];

    private static readonly LearnerOptions[] Options =
        [LearnerOptions.Stream.Share(4), LearnerOptions.Lite.Share(4), LearnerOptions.Paper.Share(4)];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Run_AnyPartitions_PublishesOnePassOverTheUnion(int preset)
    {
        var (options, partitions) = (Options[preset], Partitions(preset, 200, 310, 64, 97));
        var previous = (await RunAsync(preset, null, partitions)).Record!;
        var record = (await RunAsync(preset, previous, partitions)).Record!;
        var (layout, rows) = (partitions[0].State.Layout, partitions.SelectMany(one => one.Rows).ToArray());
        var count = rows.Length / Features;
        Assert.NotEqual(previous.State.Weights, record.State.Weights);
        var scaler = FeatureScaler.Of(rows, count, Features, options.Publish.ScalerKind);
        var expected = SnapshotPublisher.Publish(
            layout, record.State.Weights, rows, count, record.Version, options.Publish,
            options.Publish.AnchorWeight > 0 ? previous.Snapshot : null, scaler, null, scaler).Snapshot!;
        AssertClose(expected, record.Snapshot);
        Assert.Equal((2, count, (long)count), (record.Version, record.Snapshot.WindowCount, record.Accepted));
    }

    [Fact]
    public async Task Run_AnyGroupingOfTheAnswers_PublishesTheSame()
    {
        var partitions = Partitions(0, 40, 60, 30, 50, 45, 90);
        var expected = (await RunAsync(0, null, partitions)).Record!.Snapshot;
        Prop.ForAll(Gen.Choose(1, 5).ToArbitrary(), cut =>
        {
            // A tree of another shape.
            Task<RoundReply> Ask(RoundQuestion question, ImmutableArray<int> _) => Task.FromResult(RoundReply.Merge([
                RoundReply.Merge([.. partitions[..cut].Select(one => one.Answer(question))]),
                RoundReply.Merge([.. partitions[cut..].Select(one => one.Answer(question))])]));
            AssertClose(expected, Runner(0, Ask).RunAsync(null, true, TestPartition.Indices(partitions)).Result.Record!.Snapshot);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5));
    }

    [Fact]
    public async Task Run_PartitionWithoutEvents_ChangesNothing()
    {
        var partitions = Partitions(0, 200, 120);
        var expected = (await RunAsync(0, null, partitions)).Record!;
        var record = (await RunAsync(0, null, [.. partitions, .. Partitions(0, 200, 120, 0)[2..]])).Record!;
        AssertClose(expected.Snapshot, record.Snapshot);
        Assert.Equal(3, record.Participants.Length);
    }

    [Theory]
    [InlineData(RoundQuestionKind.Collect)]
    [InlineData(RoundQuestionKind.Latent)]
    [InlineData(RoundQuestionKind.Trimmed)]
    [InlineData(RoundQuestionKind.Live)]
    public async Task Run_PartitionThatStopsAnswering_IsLeftOut(object kind)
    {
        var partitions = Partitions(0, 200, 120, 90);
        var isGone = false;
        var record = (await Runner(0, (question, asked) =>
        {
            isGone |= question.Kind == (RoundQuestionKind)kind;
            var answering = partitions.Where(one => asked.Contains(one.Index) && !(isGone && one.Index == 1));
            return Task.FromResult(RoundReply.Merge([.. answering.Select(one => one.Answer(question))]));
        }).RunAsync(null, true, TestPartition.Indices(partitions))).Record!;
        var expected = (await RunAsync(0, null, [partitions[0], partitions[2]])).Record!;
        Assert.Equal([0, 2], record.Participants.Select(one => one.Partition));
        Assert.Equal(expected.ToBytes(), record.ToBytes());
    }

    [Fact]
    public async Task Run_TooFewEventsForTheWarmUp_PublishesNothing()
    {
        var outcome = await RunAsync(0, null, Partitions(0, 100, 155));
        Assert.Null(outcome.Record);
        Assert.Contains("255 events of 256", outcome.Reason, StringComparison.Ordinal);
        Assert.Equal("no partition answered", (await RunAsync(0, null, [])).Reason);
    }

    [Fact]
    public async Task Run_WeightsThatAreNotFinite_PublishesNothing()
    {
        var partitions = Partitions(0, 200, 120);
        var previous = (await RunAsync(0, null, partitions)).Record!;
        Array.Fill(partitions[1].State.Weights, float.NaN);
        var outcome = await RunAsync(0, previous, partitions);
        Assert.Null(outcome.Record);
        Assert.Contains("not finite", outcome.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FromBytes_WhatWasWritten_IsTheSameRound()
    {
        var partitions = Partitions(0, 200, 120);
        var bytes = (await RunAsync(0, null, partitions)).Record!.ToBytes();
        Assert.Equal(bytes, RoundRecord.FromBytes(bytes, partitions[0].State.Layout, Options[0]).ToBytes());
    }

    private static TestPartition[] Partitions(int preset, params int[] counts) => [.. counts.Select((count, i) => new TestPartition(
        i, TestModels.Rows(count, Features, (ulong)i + 11), WeightInitializer.Create(new ParameterLayout(Specs[preset]), (ulong)i), count,
        Options[preset]))];

    private static Task<RoundOutcome> RunAsync(int preset, RoundRecord? previous, TestPartition[] partitions) => Runner(
            preset, (question, asked) => Task.FromResult(RoundReply.Merge(
                [.. partitions.Where(one => asked.Contains(one.Index)).Select(one => one.Answer(question))])))
        .RunAsync(previous, previous is null, TestPartition.Indices(partitions));

    private static RoundRunner Runner(int preset, Func<RoundQuestion, ImmutableArray<int>, Task<RoundReply>> ask) =>
        new(new ParameterLayout(Specs[preset]), Options[preset], new FakeTrainingEngine(), 0, ask);

    private static void AssertClose(ModelSnapshot expected, ModelSnapshot got)
    {
        Assert.Equal(expected.Weights.ToArray(), got.Weights.ToArray());
        for (var m = 0; m < expected.Members.Length; m++)
        {
            var (one, other) = (expected.Members[m], got.Members[m]);
            Near(one.Mixture.LogShares, other.Mixture.LogShares);
            Near(one.Mixture.Means, other.Mixture.Means);
            for (var k = 0; k < one.Mixture.Components; k++) Near(one.Mixture.Covariance(k), other.Mixture.Covariance(k));
            Near(one.LatentMean, other.LatentMean);
            Near(one.LatentDeviation, other.LatentDeviation);
            Near([one.EnergyMedian, one.EnergyRange], [other.EnergyMedian, other.EnergyRange]);
        }

        Near(expected.Scaler.Mean, got.Scaler.Mean);
        Near(expected.Scaler.Width, got.Scaler.Width);
        double[] rates = [0.9, 0.5, 0.2, 0.05, 0.01, 0.001];
        Near(Array.ConvertAll(rates, expected.Calibration.Threshold), Array.ConvertAll(rates, got.Calibration.Threshold));
        Near([expected.GuardThreshold, expected.LiveGuard], [got.GuardThreshold, got.LiveGuard]);
        Assert.Equal(expected.AnchorWeight, got.AnchorWeight);
        Assert.Equal(expected.Anchor?.Version, got.Anchor?.Version);
    }

    private static void Near(ReadOnlySpan<double> expected, ReadOnlySpan<double> got)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            if (double.IsInfinity(expected[i])) Assert.Equal(expected[i], got[i]);
            else Assert.Equal(expected[i], got[i], 1e-10 * Math.Max(1, Math.Abs(expected[i])));
        }
    }
}
