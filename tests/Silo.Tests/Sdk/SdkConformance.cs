using DagmmStream.Client;

namespace DagmmStream.Silo.Tests.Sdk;

/// <summary>What a program gets from the SDK, whatever the way to the service is; derived once per transport.</summary>
/// <param name="service">The silo.</param>
public abstract partial class SdkConformance(SdkFixture service)
{
    private const int WarmUp = 256;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected SdkFixture Service { get; } = service;

    /// <summary>A client over the transport under test.</summary>
    protected abstract Task<DagmmStreamClient> ConnectAsync(Action<DagmmStreamClientOptions>? configure = null);

    [Fact]
    public async Task Catalog_CreateFindListDelete_TellsWhatThereIs()
    {
        await using var client = await ConnectAsync();
        var definition = Service.NewDefinition() with
        {
            Partitions = 2,
            AlarmRate = 0.01,
            Durability = Durability.InMemory,
            ScoreRetention = TimeSpan.FromHours(5),
            Decision = new DecisionPolicy { Kind = DecisionKind.PValue, Limit = 0.02, Rules = [new("a", FeatureRuleKind.OnlyAbove)] },
            Inputs = new InputDefinition { Lags = 2, Lateness = TimeSpan.FromMinutes(1), Calendar = CalendarFeatures.HourOfDay },
        };
        Assert.True(await client.CreateStreamAsync(definition, Token));
        Assert.False(await client.CreateStreamAsync(definition, Token));
        Assert.Equal(definition, await client.FindStreamAsync(definition.Name, Token));
        Assert.Contains(definition, await client.ListStreamsAsync(Token));
        var conflict = await Assert.ThrowsAsync<DagmmStreamException>(
            () => client.CreateStreamAsync(definition with { Seed = 2 }, Token));
        Assert.Equal((ErrorCode.StreamConflict, false), (conflict.Code, conflict.IsTransient));
        Assert.True(await client.DeleteStreamAsync(definition.Name, Token));
        Assert.False(await client.DeleteStreamAsync(definition.Name, Token));
        Assert.Null(await client.FindStreamAsync(definition.Name, Token));
    }

    [Fact]
    public async Task UpdatePolicy_NewLimit_IsInForceAndKeepsTheRest()
    {
        await using var client = await ConnectAsync();
        var definition = Service.NewDefinition();
        await client.CreateStreamAsync(definition, Token);
        var changed = await client.UpdatePolicyAsync(definition.Name, new StreamPolicy { AlarmRate = 0.03 }, Token);
        Assert.Equal(definition with { AlarmRate = 0.03 }, changed);
        var decision = new DecisionPolicy { Kind = DecisionKind.Energy, Limit = 7, Rules = [new("a", FeatureRuleKind.OnlyAbove)] };
        await client.UpdatePolicyAsync(definition.Name, new StreamPolicy { Decision = decision }, Token);
        Assert.Equal(changed with { Decision = decision }, await client.FindStreamAsync(definition.Name, Token));
        Assert.Equal(7, (await client.Stream(definition.Name).GetStatusAsync(cancellationToken: Token)).DecisionLimit);
        // A program that creates its stream at every start goes on.
        Assert.False(await client.CreateStreamAsync(definition, Token));
        var wrong = await Assert.ThrowsAsync<DagmmStreamException>(
            () => client.UpdatePolicyAsync(definition.Name, new StreamPolicy { AlarmRate = 2 }, Token));
        Assert.Equal(ErrorCode.InvalidDefinition, wrong.Code);
        var none = await Assert.ThrowsAsync<DagmmStreamException>(() => client.UpdatePolicyAsync("nowhere", new StreamPolicy(), Token));
        Assert.Equal(ErrorCode.StreamNotFound, none.Code);
    }

    [Fact]
    public async Task Score_UnknownStream_SaysWhatToDo()
    {
        await using var client = await ConnectAsync();
        var error = await Assert.ThrowsAsync<DagmmStreamException>(() => client.Stream("nowhere").ScoreAsync(Event(0), Token));
        Assert.Equal(ErrorCode.StreamNotFound, error.Code);
        Assert.Contains("CreateStreamAsync", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Score_OneEvent_ReturnsItsVerdict()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        await PushAsync(stream, WarmUp + 40);
        await stream.CheckpointAsync(cancellationToken: Token);
        var score = await stream.ScoreAsync(Event(WarmUp + 40), Token);
        Assert.Equal(WarmUp + 40, score.Offset);
        Assert.Equal(WarmUp + 40, score.Sequence);
        Assert.Equal(Event(WarmUp + 40).Timestamp, score.Timestamp);
        Assert.True(double.IsFinite(score.Energy), "the energy is a number");
        Assert.NotEqual(Verdict.WarmingUp, score.Verdict);
        Assert.True(score.SnapshotVersion > 0);
    }

    [Fact]
    public async Task Enqueue_ManyEvents_AreThereAfterTheFlush()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        for (var i = 0; i < 1000; i++) await stream.EnqueueAsync(Event(i), Token);
        await stream.FlushAsync(Token);
        var status = await stream.GetStatusAsync(cancellationToken: Token);
        Assert.Equal((1000, 0), (status.Accepted, status.Duplicates));
    }

    [Fact]
    public async Task Model_AfterTheWarmUp_IsDescribed()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        Assert.Equal(0, (await stream.GetModelAsync(cancellationToken: Token)).Version);
        await PushAsync(stream, 600);
        var status = await stream.CheckpointAsync(cancellationToken: Token);
        Assert.Equal(512, status.CheckpointOffset);
        var model = await stream.GetModelAsync(cancellationToken: Token);
        Assert.True(model.Version > 0);
        Assert.Equal(new PartitionId(stream.Name, 0), model.Partition);
        Assert.Equal(1, model.Shares.Sum(), 6);
        Assert.Equal(2, model.FeatureMeans.Length);
    }

    [Fact]
    public async Task Drifts_StreamThatBreaks_SaysWhenAndHowFar()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client, definition => definition with { Learning = LearningPolicy.Every });
        await PushAsync(stream, 1000);
        await stream.CheckpointAsync(cancellationToken: Token);
        Assert.Empty(await stream.GetDriftsAsync(cancellationToken: Token));
        for (var i = 1000; i < 2000; i++)
            await stream.EnqueueAsync(new StreamEvent(Event(i).Timestamp, new[] { 5 + Event(i).Features.Span[0], 9f }), Token);
        await stream.FlushAsync(Token);
        await stream.CheckpointAsync(cancellationToken: Token);
        var drift = (await stream.GetDriftsAsync(cancellationToken: Token))[0];
        Assert.InRange(drift.Offset, 1000, 2000);
        Assert.InRange(drift.Size, 0.1, 1);
        var before = (await stream.GetScoresAsync(drift.Offset - 1, 1, cancellationToken: Token))[0];
        Assert.Equal(before.Timestamp, drift.Time);
    }

    [Fact]
    public async Task Explain_EventAndProbe_NamesPartsAndFeaturesInTheirOrder()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        await PushAsync(stream, 600);
        await stream.CheckpointAsync(cancellationToken: Token);
        var far = await stream.ScoreAsync(new StreamEvent(Event(600).Timestamp, new float[] { 30, -40 }), Token);
        Assert.Equal(Verdict.Anomalous, far.Verdict);
        var explained = await stream.ExplainAsync(far.Offset, cancellationToken: Token);
        Assert.Equal(far with { Sequence = explained.Score.Sequence }, explained.Score);
        Assert.Equal(["a", "b"], explained.Features.Select(feature => feature.Name));
        Assert.Equal(far.Energy - explained.MedianEnergy, explained.Parts.Sum(part => part.Energy), 6);
        Assert.Equal([30f, -40f], explained.Input);
        var probed = await stream.ExplainProbeAsync(new float[] { 30, -40 }, cancellationToken: Token);
        Assert.Equal(-1, probed.Score.Offset);
        Assert.Equal(["a", "b"], probed.Features.Select(feature => feature.Name));
        Assert.Equal(probed.Score.Energy, (await stream.ProbeAsync(new float[] { 30, -40 }, cancellationToken: Token)).Energy);
        var gone = await Assert.ThrowsAsync<DagmmStreamException>(() => stream.ExplainAsync(100_000, cancellationToken: Token));
        Assert.Equal(ErrorCode.NotKept, gone.Code);
    }

    [Fact]
    public async Task Label_GivenAndTakenBack_IsKept()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        await PushAsync(stream, 400);
        var labelled = await stream.LabelAsync(399, FeedbackLabel.Anomaly, cancellationToken: Token);
        Assert.Equal((399, FeedbackLabel.Anomaly), (labelled.Labels.Single().Offset, labelled.Labels.Single().Label));
        Assert.Single((await stream.GetFeedbackAsync(cancellationToken: Token)).Labels);
        Assert.Empty((await stream.LabelAsync(399, null, cancellationToken: Token)).Labels);
    }

    [Fact]
    public async Task Push_TypedEventsAndHistory_AreFlagged()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client, definition => definition with
        {
            Features = ["load", "open", "kind"],
            Inputs = new InputDefinition
            {
                Types =
                [
                    new FeatureType { Feature = "load", Missing = MissingPolicy.Mean },
                    new FeatureType { Feature = "open", Kind = FeatureKind.Boolean },
                    new FeatureType { Feature = "kind", Kind = FeatureKind.Categorical, Missing = MissingPolicy.Last },
                ],
            },
        });
        var definition = await stream.DescribeAsync(Token);
        var values = new Dictionary<string, object?> { ["load"] = 1.5, ["open"] = true, ["kind"] = "mill \"1\"" };
        var named = NamedValues.ToEvent(definition, DateTimeOffset.UnixEpoch, values);
        Assert.Equal(EventFlags.UnseenCategory, (await stream.ScoreAsync(named, Token)).Flags);
        Assert.Equal(EventFlags.None, (await stream.ScoreAsync(named, Token)).Flags);
        var history = new StreamEvent(DateTimeOffset.UnixEpoch, new[] { float.NaN, 0, 0 })
        {
            IsBackFill = true, Categories = new string?[1],
        };
        Assert.Equal(EventFlags.Imputed | EventFlags.BackFilled, (await stream.ScoreAsync(history, Token)).Flags);
    }

    [Theory]
    [InlineData(new float[] { 1 }, "1 features")]
    [InlineData(new[] { 1, float.NaN }, "\"b\"")]
    public async Task Score_InvalidEvent_NamesWhatIsWrong(float[] features, string message)
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        var error = await Assert.ThrowsAsync<DagmmStreamException>(
            () => stream.ScoreAsync(new StreamEvent(DateTimeOffset.UnixEpoch, features), Token));
        Assert.Equal(ErrorCode.InvalidEvent, error.Code);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await stream.ScoreAsync(Event(0), Token)).Sequence);
    }

    [Fact]
    public async Task Score_SchemaChangedMeanwhile_FailsTheWholeBatch()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        await stream.ScoreAsync(Event(0), Token);
        await using var other = await ConnectAsync();
        await other.DeleteStreamAsync(stream.Name, Token);
        await other.CreateStreamAsync(Service.NewDefinition() with { Name = stream.Name, Features = ["a", "b", "c"] }, Token);
        var error = await Assert.ThrowsAsync<DagmmStreamException>(() => stream.ScoreAsync(Event(1), Token));
        Assert.Equal((ErrorCode.InvalidEvent, false), (error.Code, error.IsTransient));
        Assert.Equal(0, (await other.Stream(stream.Name).GetStatusAsync(cancellationToken: Token)).Accepted);
    }

    protected async Task<StreamClient> CreateAsync(
        DagmmStreamClient client, Func<StreamDefinition, StreamDefinition>? change = null)
    {
        var definition = Service.NewDefinition();
        definition = change?.Invoke(definition) ?? definition;
        await client.CreateStreamAsync(definition, Token);
        return client.Stream(definition.Name);
    }

    protected static async Task<EventScore[]> PushAsync(StreamClient stream, int count, int first = 0)
    {
        var scores = new List<EventScore>();
        await foreach (var batch in stream.PushAsync(Events(first, count), Token))
            for (var i = 0; i < batch.Count; i++) scores.Add(batch.Scores[i]);
        return [.. scores];
    }

    protected static StreamEvent Event(int i) => new(
        DateTimeOffset.UnixEpoch.AddMicroseconds(1_000_000.0 * i + 7), new[] { MathF.Sin(i / 9f) + (0.01f * (i % 7)), MathF.Cos(i / 7f) });

    private static async IAsyncEnumerable<StreamEvent> Events(int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            if (i % 64 == 0) await Task.Yield();
            yield return Event(i);
        }
    }
}
