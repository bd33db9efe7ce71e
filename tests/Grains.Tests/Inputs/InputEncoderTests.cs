using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Randomness;

namespace DagmmStream.Grains.Tests.Inputs;

public class InputEncoderTests
{
    private const long Second = 1_000_000;
    private static readonly string[] Names = ["tcp", "udp", "icmp", "gre"];

    [Fact]
    public void Encode_EveryKind_GivesItsColumns()
    {
        var encoder = Of(Types(
            new FeatureType { Feature = "a", Kind = FeatureKind.Categorical, Categories = ["tcp"], MaxCategories = 2 },
            new FeatureType { Feature = "b", Kind = FeatureKind.Cyclic, Period = 360 },
            new FeatureType { Feature = "c", Kind = FeatureKind.Boolean }));
        // Two own columns and one shared, a sine and a cosine, one.
        Assert.Equal([1, 0, 0, 1, 0, 1], Encode(encoder, [0, 90, 1], 0, 6, out var flags), Near);
        Assert.Equal(EventFlags.None, flags);
        Assert.Equal([0, 1, 0, 0, -1, 0], Encode(encoder, [1, 180, 0], 1, 6, out flags), Near);
        Assert.Equal(EventFlags.UnseenCategory, flags);
        Assert.Equal([0, 0, 1, 0, 1, 0], Encode(encoder, [2, 360, 0], 2, 6, out flags), Near);
        Assert.Equal(EventFlags.UnseenCategory, flags);
        Encode(encoder, [2, 0, 0], 3, 6, out flags);
        Assert.Equal(EventFlags.None, flags);
        Assert.Equal(2, encoder.Tallies.Unseen);
        Assert.Equal(["tcp", "udp", null], Enumerable.Range(0, 3).Select(column => encoder.NameOf(0, column)));
    }

    [Fact]
    public void Encode_Counter_IsARateThroughResetsAndEqualTimes()
    {
        var encoder = Of(Types(new FeatureType { Feature = "a", Kind = FeatureKind.Counter }));
        float[] rates = [.. new (float Value, long Time)[] { (100, 0), (150, 10), (150, 20), (30, 30), (60, 30), (90, 40) }
            .Select(point => Encode(encoder, [point.Value, 0, 0], point.Time * Second, 3, out _)[0])];
        // Nothing yet; 50 in 10 s; standing still; began again and counted 30; no time has passed: as before; 60 in 10 s.
        Assert.Equal([0, 5, 0, 3, 3, 6], rates);
    }

    [Fact]
    public void Encode_MissingValues_AreImputedByMeanOrLastAndFlagged()
    {
        var encoder = Of(Types(
            new FeatureType { Feature = "a", Missing = MissingPolicy.Mean },
            new FeatureType { Feature = "b", Missing = MissingPolicy.Last },
            new FeatureType { Feature = "c", Kind = FeatureKind.Categorical, Missing = MissingPolicy.Mean, MaxCategories = 2 }));
        Assert.Equal([0, 0, 0, 0, 0], Encode(encoder, [float.NaN, float.NaN, float.NaN], 0, 5, out var flags));
        Assert.Equal(EventFlags.Imputed, flags);
        Encode(encoder, [1, 10, 0], 1, 5, out _);
        Encode(encoder, [3, 20, 1], 2, 5, out _);
        Assert.Equal([2, 20, .5f, .5f, 0], Encode(encoder, [float.NaN, float.NaN, float.NaN], 3, 5, out flags));
        Assert.Equal(EventFlags.Imputed, flags);
        // What was imputed is not remembered as if it had been seen.
        Assert.Equal([2, 20, .5f, .5f, 0], Encode(encoder, [float.NaN, float.NaN, float.NaN], 4, 5, out _));
        Assert.Equal(3, encoder.Tallies.Imputed);
    }

    [Fact]
    public void Encode_LagsAndDifferences_BeginAgainAfterAGap()
    {
        var encoder = Of(new InputDefinition { Lags = 2, Differences = true, GapThreshold = TimeSpan.FromSeconds(60) });
        float[] First(float value, long seconds, out EventFlags flags)
        {
            var row = Encode(encoder, [value, 0, 0], seconds * Second, 12, out flags);
            return [row[0], row[3], row[6], row[9]];
        }

        Assert.Equal([1, 1, 1, 0], First(1, 0, out var flags));
        Assert.Equal(EventFlags.Restarted, flags);
        Assert.Equal([2, 1, 1, 1], First(2, 60, out flags));
        Assert.Equal(EventFlags.None, flags);
        Assert.Equal([4, 2, 1, 2], First(4, 90, out _));
        Assert.Equal([9, 9, 9, 0], First(9, 151, out flags));
        Assert.Equal(EventFlags.Restarted, flags);
        Assert.Equal([8, 9, 9, -1], First(8, 152, out _));
    }

    [Fact]
    public void Encode_LateEvent_IsFlaggedAndLeavesNoTrace()
    {
        var encoder = Of(new InputDefinition { Lags = 1, Lateness = TimeSpan.FromSeconds(10) });
        Encode(encoder, [1, 0, 0], 100 * Second, 6, out _);
        Encode(encoder, [2, 0, 0], 90 * Second, 6, out var flags);
        Assert.Equal(EventFlags.None, flags);
        Assert.Equal([7, 2], Encode(encoder, [7, 0, 0], (90 * Second) - 1, 6, out flags).Where((_, i) => i % 3 == 0));
        Assert.Equal(EventFlags.Late, flags);
        Assert.Equal([3, 2], Encode(encoder, [3, 0, 0], 101 * Second, 6, out _).Where((_, i) => i % 3 == 0));
        Assert.Equal(1, encoder.Tallies.Late);
    }

    [Fact]
    public void Encode_OneTimeFarInTheFuture_DoesNotMakeAllOthersLateForEver()
    {
        var encoder = Of(new InputDefinition { Lateness = TimeSpan.FromSeconds(10) });
        Encode(encoder, [1, 0, 0], 1_000_000 * Second, 3, out _);
        var late = 0;
        for (var i = 0; i < 1000; i++)
        {
            Encode(encoder, [1, 0, 0], i * Second, 3, out var flags);
            if (flags.HasFlag(EventFlags.Late)) late++;
        }

        Assert.Equal(InputEncoder.LateEscape - 1, late);
    }

    [Fact]
    public void Encode_Calendar_TurnsWithHourAndDay()
    {
        var encoder = Of(new InputDefinition { Calendar = CalendarFeatures.HourOfDay | CalendarFeatures.DayOfWeek });
        // Sunday, 6 o'clock: a quarter of the day, and a quarter of the first day of the week.
        var time = (new DateTimeOffset(2026, 11, 22, 6, 0, 0, TimeSpan.Zero) - DateTimeOffset.UnixEpoch).Ticks / 10;
        var row = Encode(encoder, [0, 0, 0], time, 7, out _);
        var week = 2 * Math.PI * 0.25 / 7;
        Assert.Equal([0, 0, 0, 1, 0, (float)Math.Sin(week), (float)Math.Cos(week)], row, Near);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(77)]
    [InlineData(300)]
    public void Of_StateOfAnotherEncoder_GoesOnWithTheSameRowsAndBytes(int cut)
    {
        var definition = Rich();
        var (whole, first) = (Of(definition), Of(definition));
        var width = new InputColumns(Stream(definition)).Width;
        InputEncoder? second = null;
        for (var i = 0; i < 400; i++)
        {
            var (raw, time) = Event(i);
            if (i == cut) second = InputEncoder.Of(new InputColumns(Stream(definition)), first.ToBytes());
            var expected = Encode(whole, raw, time, width, out var flags);
            Assert.Equal(expected, Encode(second ?? first, raw, time, width, out var other));
            Assert.Equal(flags, other);
        }

        Assert.Equal(whole.ToBytes(), second!.ToBytes());
    }

    [Fact]
    public void Encode_Probe_ChangesNothing()
    {
        var encoder = Of(Rich());
        var width = new InputColumns(Stream(Rich())).Width;
        for (var i = 0; i < 50; i++) Encode(encoder, Event(i).Raw, Event(i).Time, width, out _);
        var before = encoder.ToBytes();
        for (var i = 50; i < 90; i++) encoder.Encode(Event(i).Raw, Names, Event(i).Time, new float[width], isProbe: true);
        Assert.Equal(before, encoder.ToBytes());
    }

    private static bool Near(float left, float right) => MathF.Abs(left - right) < 1e-6f;

    [Fact]
    public void Encode_NewNamesInSeveralPartitions_SameColumnInWhateverOrder()
    {
        var type = new FeatureType { Feature = "a", Kind = FeatureKind.Categorical, Categories = ["known"], MaxCategories = 8 };
        var columns = new InputColumns(Stream(Types(type)) with { Partitions = 2 });
        string[] names = ["known", "x", "y", "z"];
        var (first, second) = (new InputEncoder(columns), new InputEncoder(columns));
        foreach (var i in new[] { 0, 1, 2, 3 }) Row(first, i);
        foreach (var i in new[] { 3, 1, 0, 2 }) Row(second, i);
        for (var i = 0; i < names.Length; i++) Assert.Equal(Row(first, i), Row(second, i));
        Assert.Equal(1, Row(first, 0)[0]);
        Assert.Equal("known", first.NameOf(0, 0));
        for (var i = 1; i < names.Length; i++) Assert.Equal(0, Row(first, i)[0]);
        for (var column = 1; column < columns.Values[0].Width; column++) Assert.Null(first.NameOf(0, column));

        float[] Row(InputEncoder encoder, int name)
        {
            var row = new float[columns.Width];
            encoder.Encode([name, 0, 0], names, time: 0, row);
            return row;
        }
    }

    private static InputDefinition Types(params FeatureType[] types) => new() { Types = [.. types] };

    private static InputDefinition Rich() => new()
    {
        Types =
        [
            new FeatureType { Feature = "a", Kind = FeatureKind.Categorical, MaxCategories = 2, Missing = MissingPolicy.Last },
            new FeatureType { Feature = "b", Kind = FeatureKind.Counter, Missing = MissingPolicy.Mean },
            new FeatureType { Feature = "c", Missing = MissingPolicy.Mean },
        ],
        Lags = 3,
        Differences = true,
        GapThreshold = TimeSpan.FromSeconds(5),
        Lateness = TimeSpan.FromSeconds(3),
        Calendar = CalendarFeatures.HourOfDay,
    };

    private static (float[] Raw, long Time) Event(int i)
    {
        var random = new CounterRandom(3, RandomPurpose.Batch, (ulong)i);
        float OrMissing(float value) => random.NextInt32(10) == 0 ? float.NaN : value;
        float[] raw = [OrMissing(random.NextInt32(4)), OrMissing(i % 100), OrMissing((float)random.NextGaussian())];
        return (raw, (i + (i / 50 * 20) - (i % 7 == 0 ? 6 : 0)) * Second);
    }

    private static StreamDefinition Stream(InputDefinition inputs) => new() { Name = "s", Features = ["a", "b", "c"], Inputs = inputs };

    private static InputEncoder Of(InputDefinition inputs) => new(new InputColumns(Stream(inputs)));

    private static float[] Encode(InputEncoder encoder, float[] raw, long time, int width, out EventFlags flags)
    {
        var row = new float[width];
        flags = encoder.Encode(raw, Names, time, row);
        return row;
    }
}
