using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Writing;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

/// <summary>What the writer does about commits that fail, with a session that fails as told.</summary>
public sealed class StoreWriterTests
{
    private static readonly PartitionHandle Handle = new(1, new PartitionId("s", 0), 1);

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

    private static StoreWriter New(IWriteSession session, TimeSpan? retryFor = null) =>
        new(session, null, new StoreWriterOptions(16, 16, retryFor ?? TimeSpan.FromMinutes(1)));

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
