using DagmmStream.Storage.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace DagmmStream.Storage.Tests;

/// <summary>What the log says while a store is away, and how often.</summary>
public sealed class StoreOutageTests : IDisposable
{
    private static readonly DagmmStreamException Full = new(ErrorCode.StoreUnavailable, "the disk is full: free space", true);
    private readonly FakeLogCollector _log = new();
    private readonly FakeTimeProvider _time = new();
    private readonly StoreOutage _outage;

    public StoreOutageTests() => _outage = new StoreOutage(new FakeLogger(_log), _time);

    public void Dispose() => _outage.Dispose();

    [Fact]
    public void Failed_EverySecondForTwoMinutes_OneWarningAMinute()
    {
        _outage.Waiting.Add(1);
        _outage.Waiting.Add(1);
        _outage.Waiting.Add(2);
        for (var second = 0; second <= 120; second++)
        {
            _outage.Failed(Full, isAppend: true);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            [
                "Store outage: the disk is full: free space. 2 partitions wait with 3 batches; events are refused, clients send them again",
                "Store outage for 60 s: the disk is full: free space. 2 partitions wait with 3 batches",
                "Store outage for 120 s: the disk is full: free space. 2 partitions wait with 3 batches",
            ],
            Messages(LogLevel.Warning));
    }

    [Fact]
    public void Succeeded_AfterFailures_OneWordWithDurationAndCounts()
    {
        _outage.Failed(Full, isAppend: true);
        _time.Advance(TimeSpan.FromSeconds(90));
        _outage.Failed(Full, isAppend: true);
        _outage.Refused(3);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        _outage.Succeeded(isAppend: true);
        _outage.Succeeded(isAppend: true);
        Assert.Equal(
            ["Store outage over after 91.5 s: 2 commits or reads failed, 3 batches were refused"], Messages(LogLevel.Information));
        Assert.False(_outage.Lasts);
    }

    [Fact]
    public void Succeeded_NowAndThen_NoMoreThanAWarningAMinute()
    {
        for (var second = 0; second < 180; second++)
        {
            _outage.Failed(Full, isAppend: true);
            _outage.Succeeded(isAppend: true);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(3, Messages(LogLevel.Warning).Length);
        Assert.Equal(3, Messages(LogLevel.Information).Length);
    }

    [Fact]
    public void Failed_AgainWithinAMinuteAndLonger_WarnsOnceTheMinuteIsOver()
    {
        _outage.Failed(Full, isAppend: true);
        _outage.Succeeded(isAppend: true);
        _time.Advance(TimeSpan.FromSeconds(59));
        _outage.Failed(Full, isAppend: true);
        Assert.Single(Messages(LogLevel.Warning));
        _time.Advance(TimeSpan.FromSeconds(1));
        _outage.Failed(Full, isAppend: true);
        Assert.Equal(2, Messages(LogLevel.Warning).Length);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Succeeded_ReadOnly_EndsAnOutageOfReadsOnly(bool isAppend, bool lasts)
    {
        _outage.Failed(Full, isAppend: false);
        _outage.Failed(Full, isAppend);
        _outage.Succeeded(isAppend: false);
        Assert.Equal(lasts, _outage.Lasts);
    }

    [Fact]
    public void Waiting_BatchesGone_Empty()
    {
        _outage.Waiting.Add(1);
        _outage.Waiting.Add(1);
        _outage.Waiting.Remove(1);
        Assert.Equal((1, 1), _outage.Waiting.Count);
        _outage.Waiting.Remove(1);
        Assert.Equal((0, 0), _outage.Waiting.Count);
    }

    private string[] Messages(LogLevel level) =>
        [.. _log.GetSnapshot().Where(record => record.Level == level).Select(record => record.Message)];
}
