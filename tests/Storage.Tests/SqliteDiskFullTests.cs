using DagmmStream.Storage.Journal;
using static DagmmStream.Storage.Tests.StoreSamples;

namespace DagmmStream.Storage.Tests;

public sealed class SqliteDiskFullTests : SqliteFixture
{
    private static readonly PartitionId First = new("s", 0);

    [Fact]
    public async Task AppendAsync_DiskFull_FailsTransientAndWorksAgainWithSpace()
    {
        var store = await OpenStoreAsync(options => options.MaxPages = 60);
        var journal = new StoreJournal(store);
        var handle = await journal.OpenAsync(First, Token);
        var stored = 0;
        DagmmStreamException? full = null;
        while (full is null && stored < 200)
        {
            try
            {
                await journal.AppendAsync(Batch(handle, stored * 256L, 256));
                stored++;
            }
            catch (DagmmStreamException exception)
            {
                full = exception;
            }
        }

        Assert.Equal(ErrorCode.StoreUnavailable, full?.Code);
        Assert.True(full!.IsTransient);
        await store.DisposeAsync();
        var roomy = new StoreJournal(await OpenStoreAsync());
        var again = await roomy.OpenAsync(First, Token);
        await roomy.AppendAsync(Batch(again, stored * 256L, 256));
        Assert.Equal(stored + 1, (await ReadAllAsync(roomy, again)).Count);
    }

    [Fact]
    public async Task AppendAsync_DiskFullThenTruncate_SameStoreGoesOn()
    {
        var store = await OpenStoreAsync(options => options.MaxPages = 60);
        var journal = new StoreJournal(store);
        var handle = await journal.OpenAsync(First, Token);
        var stored = 0L;
        await Assert.ThrowsAsync<DagmmStreamException>(async () =>
        {
            for (; stored < 200; stored++) await journal.AppendAsync(Batch(handle, stored * 256, 256));
        });

        var again = await journal.OpenAsync(First, Token);
        await journal.DeleteAsync(again, Token);
        await journal.AppendAsync(Batch(again, stored * 256, 256));

        Assert.Equal(stored * 256, Assert.Single(await ReadAllAsync(journal, again)).FirstOffset);
    }
}
