using System.Collections.Immutable;
using FsCheck;
using FsCheck.Xunit;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace DagmmStream.Abstractions.Tests;

/// <summary>Every type that crosses the wire comes out of Orleans' serializer as it went in.</summary>
public sealed class WireTypeTests
{
    private static bool IsReadAsPacked(long[] times)
    {
        var (start, packed) = EventTimes.Pack(times);
        var batch = new EventBatch
        {
            Producer = "p", FirstSequence = 0, Count = times.Length, Features = [], Times = packed, TimeBase = start,
        };
        return Enumerable.Range(0, times.Length).All(i => EventTimes.Read(batch, i) == times[i]);
    }

    private static readonly Serializer Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    [Property]
    public bool ScoreBlock_AnyScores_RoundTrips((long Offset, long Time, double Energy, double Score)[] values)
    {
        var scores = values.Select((value, i) => new EventScore(
            value.Offset, value.Time, i, value.Energy, value.Score, 1.0 / (i + 1), (Verdict)(i % 3), i,
            (EventFlags)(i * 37 % 65536))).ToArray();
        var block = RoundTrip(ScoreBlock.From(scores));
        return block.Count == scores.Length && Enumerable.Range(0, block.Count).All(i => block[i].Equals(scores[i]));
    }

    [Fact]
    public void ScoreBlock_RowsOfVersionZero_AreReadWithoutFlags()
    {
        // What a serializer makes of bytes from before flags: rows of 57 bytes, and no version.
        EventScore[] scores =
            [new EventScore(3, 4, 5, 6, 7, .5, Verdict.Anomalous, 8), new EventScore(9, 1, 2, 3, 4, .25, Verdict.Normal, 8)];
        var rows = scores.SelectMany(score => ScoreBlock.From([score]).Data.Take(57)).ToArray();
        var block = (ScoreBlock)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(typeof(ScoreBlock));
        typeof(ScoreBlock).GetField("<Data>k__BackingField", System.Reflection.BindingFlags.Instance
            | System.Reflection.BindingFlags.NonPublic)!.SetValue(block, rows);
        Assert.Equal(2, block.Count);
        Assert.Equal(scores, new[] { block[0], block[1] });
    }

    [Fact]
    public void EventExplanation_RoundTripsByValue()
    {
        var explanation = new EventExplanation
        {
            Score = new EventScore(3, 4, 5, 6, 7, .5, Verdict.Anomalous, 8, EventFlags.Late | EventFlags.Imputed),
            MedianEnergy = 1.5,
            Parts = [new EnergyPart(EnergyPartKind.Latent, 3), new EnergyPart(EnergyPartKind.ReconstructionAngle, 1.5)],
            Features = [new FeatureExplanation("a", 1, 2, -1, 1) { ValueText = "tcp", ExpectedText = "udp" }],
            Memberships = [.25, .75],
            Input = [1, 2, 3],
            Members = 1,
        };
        Assert.Equal(explanation, RoundTrip(explanation));
        Assert.NotEqual(explanation, explanation with { Memberships = [.5, .5] });
        var probe = RoundTrip(new ProbeEvent { Features = [1, 2], Time = -5 });
        Assert.Equal([1, 2], probe.Features);
        Assert.Equal(-5, probe.Time);
    }

    [Fact]
    public void StreamDefinition_StoredBeforeTypes_IsReadAsPlainNumbers()
    {
        var text = """{"Name":"s","Features":["a","b"],"Partitions":1,"AlarmRate":0.001,"ScoreRetention":"30.00:00:00"}""";
        var definition = System.Text.Json.JsonSerializer.Deserialize<StreamDefinition>(text)!;
        definition.Validate();
        Assert.True(definition.Inputs.IsPlain);
        Assert.Equal(new StreamDefinition { Name = "s", Features = ["a", "b"] }, definition);
        var typed = Definition() with { Inputs = Typed() };
        Assert.Equal(
            typed, System.Text.Json.JsonSerializer.Deserialize<StreamDefinition>(System.Text.Json.JsonSerializer.Serialize(typed)));
        Assert.False(typed.Inputs.IsPlain);
    }

    [Fact]
    public void Validate_Inputs_NameFeatureAndValue()
    {
        AssertInvalid(With(new FeatureType { Feature = "nowhere" }), "\"nowhere\"");
        AssertInvalid(With(new FeatureType { Feature = "a", Kind = FeatureKind.Cyclic }), "period 0");
        AssertInvalid(With(new FeatureType { Feature = "a", Kind = FeatureKind.Categorical, MaxCategories = 1, Categories = ["x", "y"] }),
            "MaxCategories = 1");
        AssertInvalid(With(new FeatureType { Feature = "a", Kind = FeatureKind.Categorical, Categories = ["x", "x"] }), "twice");
        AssertInvalid(With(new FeatureType { Feature = "a" }, new FeatureType { Feature = "a" }), "two types");
        AssertInvalid(Definition() with { Inputs = new InputDefinition { Lags = 65 } }, "Lags = 65");
        AssertInvalid(Definition() with { Inputs = new InputDefinition { GapThreshold = TimeSpan.Zero } }, "GapThreshold");
        AssertInvalid(Definition() with { Inputs = new InputDefinition { Lateness = TimeSpan.FromSeconds(-1) } }, "Lateness");
        var ruled = With(new FeatureType { Feature = "a", Kind = FeatureKind.Categorical }) with
        {
            Decision = new DecisionPolicy { Rules = [new FeatureRule("a", FeatureRuleKind.OnlyAbove)] },
        };
        AssertInvalid(ruled, "Categorical");
        static StreamDefinition With(params FeatureType[] types) =>
            Definition() with { Inputs = new InputDefinition { Types = [.. types] } };
    }

    [Fact]
    public void FeedbackState_RoundTrips()
    {
        var state = new FeedbackState
        {
            Labels = [new EventLabel(3, 4, FeedbackLabel.Anomaly, .5)], Limit = double.NaN, BaseLimit = .001, Suppressed = 7, Raised = 8,
        };
        var copy = RoundTrip(state);
        Assert.Equal(state.Labels.AsEnumerable(), copy.Labels);
        Assert.Equal(state with { Labels = [] }, copy with { Labels = [] });
    }

    [Theory]
    [InlineData(DecisionKind.PValue, 0.0, "Limit = 0 of PValue")]
    [InlineData(DecisionKind.TopShare, 0.9, "Limit = 0.9 of TopShare")]
    [InlineData(DecisionKind.Energy, double.NaN, "Limit = NaN of Energy")]
    public void Validate_DecisionLimit_NamesKindAndValue(DecisionKind kind, double limit, string message) =>
        AssertInvalid(Definition() with { Decision = new DecisionPolicy { Kind = kind, Limit = limit } }, message);

    [Fact]
    public void Validate_DecisionRules_NameTheFeature()
    {
        AssertInvalid(WithRule(new FeatureRule("nowhere", FeatureRuleKind.OnlyAbove)), "\"nowhere\"");
        AssertInvalid(WithRule(new FeatureRule("a", FeatureRuleKind.IgnoreWithin, 2, 1)), "ignores 2 to 1");
        static StreamDefinition WithRule(FeatureRule rule) => Definition() with { Decision = new DecisionPolicy { Rules = [rule] } };
    }

    [Property]
    public bool EventTimes_AnyTimes_ReadAsPacked(NonEmptyArray<long> times) => IsReadAsPacked(times.Get);

    [Property]
    public bool EventTimes_CloseTimes_ReadAsPackedInHalfTheBytes(long start, NonEmptyArray<uint> offsets)
    {
        var first = Math.Clamp(start, long.MinValue / 2, long.MaxValue / 2);
        var times = Array.ConvertAll(offsets.Get, offset => first + offset);
        return IsReadAsPacked(times) && EventTimes.Pack(times).Times.Length == times.Length * sizeof(uint);
    }

    [Property]
    public bool EventBatch_AnyBytes_RoundTrips(byte[] features, byte[] times, long sequence)
    {
        var batch = new EventBatch
        {
            Producer = "p", FirstSequence = sequence, Count = 3, Features = features, Times = times, TimeBase = sequence,
        };
        var copy = RoundTrip(batch);
        return copy.Producer == "p" && copy.FirstSequence == sequence && copy.Count == 3
            && copy.Features.SequenceEqual(features) && copy.Times.SequenceEqual(times) && copy.TimeBase == sequence;
    }

    [Fact]
    public void StreamDefinition_EveryOption_RoundTripsByValue()
    {
        var definition = Definition() with
        {
            Partitions = 7,
            Durability = Durability.InMemory,
            Learning = LearningPolicy.Every,
            Preset = ModelPreset.Paper,
            Engine = EnginePreference.Simd,
            Seed = ulong.MaxValue,
            AlarmRate = 0.25,
            TrainingQueueCapacity = 5000,
            CheckpointInterval = TimeSpan.FromSeconds(3),
            ScoreRetention = TimeSpan.FromDays(2),
            ExplanationRetention = TimeSpan.FromDays(3),
            Inputs = Typed(),
            Decision = new DecisionPolicy
            {
                Kind = DecisionKind.TopShare, Limit = .25, Rules = [new FeatureRule("a", FeatureRuleKind.IgnoreWithin, -1, 2)],
            },
        };
        Assert.Equal(definition, RoundTrip(definition));
        Assert.NotEqual(definition, definition with { Features = ["a", "c"] });
        Assert.Equal(definition.GetHashCode(), RoundTrip(definition).GetHashCode());
    }

    [Fact]
    public void DagmmStreamException_CodeAndTransience_RoundTrip()
    {
        var copy = RoundTrip(new DagmmStreamException(
            ErrorCode.StoreUnavailable, "the disk is full", isTransient: true, new IOException("no space left")));
        Assert.Equal(ErrorCode.StoreUnavailable, copy.Code);
        Assert.True(copy.IsTransient);
        Assert.Equal("the disk is full", copy.Message);
        Assert.IsType<IOException>(copy.InnerException);
    }

    [Fact]
    public void PushReplyAndScorePage_RoundTrip()
    {
        var reply = RoundTrip(new PushReply
        {
            Outcome = PushOutcome.Refused,
            RetryAfter = TimeSpan.FromMilliseconds(50),
            ExpectedSequence = 12,
            Duplicates = 3,
            Reason = "no room",
        });
        Assert.Equal((PushOutcome.Refused, 12L, 3, "no room"), (reply.Outcome, reply.ExpectedSequence, reply.Duplicates, reply.Reason));
        Assert.Equal(TimeSpan.FromMilliseconds(50), reply.RetryAfter);
        Assert.Null(reply.Scores);
        var page = RoundTrip(new ScorePage { Scores = ScoreBlock.Empty, NextOffset = 9, FirstOffset = 4 });
        Assert.Equal((0, 9L, 4L), (page.Scores.Count, page.NextOffset, page.FirstOffset));
    }

    [Fact]
    public void ScoreBlock_OddLength_SaysSo()
    {
        var exception = Assert.Throws<ArgumentException>(() => new ScoreBlock(new byte[ScoreBlock.RowBytes + 1]));
        Assert.Contains($"{ScoreBlock.RowBytes + 1}", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stream/0", "stream", 0)]
    [InlineData("a.b_c-9/1023", "a.b_c-9", 1023)]
    public void PartitionId_Parse_ReadsWhatToStringWrites(string key, string stream, int partition)
    {
        Assert.Equal(new PartitionId(stream, partition), PartitionId.Parse(key));
        Assert.Equal(key, PartitionId.Parse(key).ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("stream")]
    [InlineData("/3")]
    [InlineData("stream/")]
    [InlineData("stream/-1")]
    [InlineData("stream/x")]
    public void PartitionId_Parse_RejectsOtherKeys(string key)
    {
        var exception = Assert.Throws<FormatException>(() => PartitionId.Parse(key));
        Assert.Contains($"\"{key}\"", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Name")]
    [InlineData("-name")]
    [InlineData("na me")]
    [InlineData("")]
    public void Validate_Name_IsQuoted(string name) => AssertInvalid(Definition() with { Name = name }, $"\"{name}\"");

    [Fact]
    public void Validate_Values_NamesOptionAndValue()
    {
        Definition().Validate();
        AssertInvalid(Definition() with { Features = [] }, "0 features");
        AssertInvalid(Definition() with { Features = default }, "0 features");
        AssertInvalid(Definition() with { Features = ["a", " "] }, "feature 1 has no name");
        AssertInvalid(Definition() with { Features = ["a", "b", "a"] }, "feature \"a\" is named 2 times");
        AssertInvalid(Definition() with { Partitions = 0 }, "Partitions = 0");
        AssertInvalid(Definition() with { Partitions = 2, ChooseComponents = true }, "ChooseComponents with Partitions = 2");
        AssertInvalid(Definition() with { AlarmRate = double.NaN }, "AlarmRate = NaN");
        AssertInvalid(Definition() with { AlarmRate = 0.6 }, "AlarmRate = 0.6");
        AssertInvalid(Definition() with { TrainingQueueCapacity = 10 }, "TrainingQueueCapacity = 10");
        AssertInvalid(Definition() with { CheckpointInterval = TimeSpan.Zero }, "CheckpointInterval = 00:00:00");
        AssertInvalid(Definition() with { ScoreRetention = TimeSpan.Zero }, "ScoreRetention = 00:00:00");
        AssertInvalid(Definition() with { Learning = (LearningPolicy)9 }, "9");
        var wide = Enumerable.Range(0, StreamDefinition.MaxFeatures + 1).Select(i => $"f{i}").ToImmutableArray();
        AssertInvalid(Definition() with { Features = wide }, "1025 features");
    }

    private static InputDefinition Typed() => new()
    {
        Types =
        [
            new FeatureType
            {
                Feature = "b", Kind = FeatureKind.Categorical, Categories = ["x"], MaxCategories = 5, Missing = MissingPolicy.Mean,
            },
        ],
        Lags = 2, Differences = true, GapThreshold = TimeSpan.FromSeconds(9), Lateness = TimeSpan.Zero,
        Calendar = CalendarFeatures.DayOfWeek,
    };

    private static StreamDefinition Definition() => new() { Name = "s", Features = ["a", "b"] };

    private static void AssertInvalid(StreamDefinition definition, string message)
    {
        var exception = Assert.Throws<DagmmStreamException>(definition.Validate);
        Assert.Equal(ErrorCode.InvalidDefinition, exception.Code);
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private static T RoundTrip<T>(T value)
        where T : notnull => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;
}
