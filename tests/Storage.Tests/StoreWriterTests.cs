using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Writing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

/// <summary>What the writer does about commits that fail, with a session that fails as told.</summary>
public sealed class StoreWriterTests
{
    private static readonly PartitionHandle Handle = new(1, new PartitionId("s", 0), 1);
    private readonly FakeLogCollector _log = new();

    [Fact]
    public async Task Append_CommitConfirmedLate_NotWrittenAgain()
    {
        var session = new ScriptedSession { CommitFailures = 1, CommittedAllTheSame = true };
        await using (var writer = New(session)) await writer.Append(Batch(Handle, 0));
        Assert.Equal(1, session.Appends);
    }

    [Fact]
    public async Task Append_CommitFailedTwice_WrittenUntilItSucceeds()
    {
        var session = new ScriptedSession { CommitFailures = 2 };
        await using (var writer = New(session)) await writer.Append(Batch(Handle, 0));
        Assert.Equal(3, session.Appends);
    }

    [Fact]
    public async Task Append_NoRetry_FailsAndFollowersToo()
    {
        var session = new ScriptedSession { CommitFailures = 1 };
        await using var writer = New(session, TimeSpan.Zero);
        await ThrowsAsync(ErrorCode.StoreUnavailable, () => writer.Append(Batch(Handle, 0)));
        await ThrowsAsync(ErrorCode.StoreUnavailable, () => writer.Append(Batch(Handle, 4)));
        session.Epoch = 2;
        await writer.Append(Batch(Handle with { Epoch = 2 }, 0));
    }

    [Fact]
    public async Task Append_OneOfAGroupAtFaultAtTheCommit_OthersStored()
    {
        using var session = new ScriptedSession { FaultyOffset = 4 };
        await using var writer = New(session);
        session.Hold.Reset();
        var first = writer.Append(Batch(Handle with { Id = 9 }, 0));
        session.Began.Wait(TestContext.Current.CancellationToken);
        var faulty = writer.Append(Batch(Handle, 4));
        var other = writer.Append(Batch(Handle with { Id = 2 }, 8));
        session.Hold.Set();

        await Task.WhenAll(first, other);
        await ThrowsAsync(ErrorCode.Unknown, () => faulty);
    }

    [Fact]
    public async Task Append_StoreAwayAndBack_OneWarningWithWhoWaitsAndOneWordAfterwards()
    {
        using var session = new ScriptedSession { CommitFailures = 3 };
        session.Hold.Reset();
        await using (var writer = New(session))
        {
            var first = writer.Append(Batch(Handle, 0));
            session.Began.Wait(TestContext.Current.CancellationToken);
            Task[] others = [writer.Append(Batch(Handle, 4)), writer.Append(Batch(Handle with { Id = 2 }, 0))];
            session.Hold.Set();
            await Task.WhenAll([first, .. others]);
            Assert.False(writer.HasOutage);
        }

        Assert.Collection(
            _log.GetSnapshot(),
            begun => Assert.Equal(
                (LogLevel.Warning, "Store outage: gone. 2 partitions wait with 3 batches; events are refused, clients send them again"),
                (begun.Level, begun.Message)),
            over => Assert.Equal(
                (LogLevel.Information, "Store outage over after 0.0 s: 3 commits or reads failed, 0 batches were refused"),
                (over.Level, over.Message)));
    }

    [Fact]
    public async Task Append_NoRetry_OutageUntilAnAppendIsCommitted()
    {
        var session = new ScriptedSession { CommitFailures = 1 };
        await using var writer = New(session, TimeSpan.Zero);
        await ThrowsAsync(ErrorCode.StoreUnavailable, () => writer.Append(Batch(Handle, 0)));
        Assert.True(writer.HasOutage);

        // What makes room on a full disk succeeds while it is full.
        await writer.RunAsync(null, () => true, TestContext.Current.CancellationToken);
        Assert.True(writer.HasOutage);
        session.Epoch = 2;
        await writer.Append(Batch(Handle with { Epoch = 2 }, 0));
        Assert.False(writer.HasOutage);
        Assert.EndsWith("1 commits or reads failed, 1 batches were refused", _log.LatestRecord.Message, StringComparison.Ordinal);
    }

    private StoreWriter New(IWriteSession session, TimeSpan? retryFor = null) => new(
        session, null, new StoreWriterOptions(16, 16, retryFor ?? TimeSpan.FromMinutes(1)),
        new StoreOutage(new FakeLogger(_log), new FakeTimeProvider()));

    private sealed class ScriptedSession : IWriteSession
    {
        private readonly List<JournalAppend> _group = [];

        public int CommitFailures { get; set; }

        public bool CommittedAllTheSame { get; init; }

        public long FaultyOffset { get; init; } = -1;

        public int Appends { get; private set; }

        public ManualResetEventSlim Hold { get; } = new(initialState: true);

        public ManualResetEventSlim Began { get; } = new();

        public void Begin(IReadOnlyCollection<long> partitions)
        {
            _group.Clear();
            Began.Set();
            Hold.Wait();
        }

        public void Commit()
        {
            if (_group.Exists(append => append.Record!.FirstOffset == FaultyOffset)) throw new InvalidOperationException("faulty");
            if (CommitFailures-- > 0) throw new IOException("gone");
        }

        public void Abandon()
        {
        }

        public bool WasCommitted() => CommittedAllTheSame;

        public void BeginItem()
        {
        }

        public void KeepItem()
        {
        }

        public void UndoItem()
        {
        }

        public long Epoch { get; set; } = 1;

        public long EpochOf(long partitionId) => Epoch;

        public void Append(JournalAppend append)
        {
            Appends++;
            _group.Add(append);
        }

        public WriteFailure Classify(Exception exception) => exception is InvalidOperationException
            ? new WriteFailure(new DagmmStreamException(ErrorCode.Unknown, exception.Message), true)
            : new WriteFailure(new DagmmStreamException(ErrorCode.StoreUnavailable, exception.Message, true), false);

        public void Dispose()
        {
        }
    }
}
