using DagmmStream.Client;

namespace DagmmStream.Silo.Tests.Sdk;

/// <content>Pushing, and watching what comes of it.</content>
public abstract partial class SdkConformance
{
    [Fact]
    public async Task Push_EveryBatch_IsAcknowledgedWithTheScoresThatAreKept()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        var scores = await PushAsync(stream, 700);
        Assert.Equal(Enumerable.Range(0, 700).Select(i => (long)i), scores.Select(score => score.Sequence));
        Assert.Equal(scores, await stream.GetScoresAsync(0, 10_000, cancellationToken: Token));
        Assert.Equal(scores[300..350], await stream.GetScoresAsync(300, 50, cancellationToken: Token));
        Assert.Empty(await stream.GetScoresAsync(700, 50, cancellationToken: Token));
    }

    [Fact]
    public async Task Push_SameProducerIdAgain_GoesOnBehindItsWatermark()
    {
        const string Producer = "line 1/ä";
        await using var first = await ConnectAsync(options => options.ProducerId = Producer);
        var stream = await CreateAsync(first);
        await PushAsync(stream, 300);
        Assert.Equal(299, await stream.GetWatermarkAsync(Producer, cancellationToken: Token));
        Assert.Equal(-1, await stream.GetWatermarkAsync("nobody", cancellationToken: Token));
        await using var second = await ConnectAsync(options => options.ProducerId = Producer);
        Assert.Equal(300, (await second.Stream(stream.Name).ScoreAsync(Event(300), Token)).Sequence);
    }

    [Fact]
    public async Task Push_WithKeys_KeepsEachInOnePartition()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client, definition => definition with { Partitions = 3 });
        for (var i = 0; i < 300; i++)
            await stream.EnqueueAsync(new StreamEvent(Event(i).Timestamp, Event(i).Features, $"key {i % 10}"), Token);
        await stream.FlushAsync(Token);
        var accepted = await Task.WhenAll(Enumerable.Range(0, 3).Select(partition => stream.GetStatusAsync(partition, Token)));
        Assert.Equal(300, accepted.Sum(status => status.Accepted));
        Assert.All(accepted, status => Assert.Equal(0, status.Accepted % 30));
    }

    [Fact]
    public async Task Watch_FromAnOffset_GivesEveryScoreOnceAsItWasGiven()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        var pushed = (await PushAsync(stream, 400)).ToList();
        var watched = new List<EventScore>();
        await foreach (var score in stream.WatchScoresAsync(100, cancellationToken: Token))
        {
            watched.Add(score);
            if (watched.Count == 250) pushed.AddRange(await PushAsync(stream, 200, first: 400));
            if (watched.Count == 500) break;
        }

        Assert.Equal(pushed.Skip(100), watched);
    }

    [Fact]
    public async Task Watch_Cancelled_Ends()
    {
        await using var client = await ConnectAsync();
        var stream = await CreateAsync(client);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var scores = stream.WatchScoresAsync(0, cancellationToken: ended.Token).GetAsyncEnumerator(ended.Token);
        var next = scores.MoveNextAsync().AsTask();
        await stream.ScoreAsync(Event(0), Token);
        Assert.True(await next);
        next = scores.MoveNextAsync().AsTask();
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next);
    }
}
