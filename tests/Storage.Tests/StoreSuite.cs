using DagmmStream.Storage.Alerts;
using DagmmStream.Storage.Catalog;
using DagmmStream.Storage.Journal;
using DagmmStream.Storage.Scores;
using DagmmStream.Storage.Writing;

namespace DagmmStream.Storage.Tests;

/// <summary>What both dialects must do alike; a class per suite and dialect says which one it is.</summary>
public abstract class StoreSuite : IAsyncLifetime
{
    private readonly List<IAsyncDisposable> _opened = [];

    private protected IStoreDialect Dialect { get; private set; } = null!;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected abstract Task<IStoreDialect> CreateDialectAsync();

    public async ValueTask InitializeAsync() => Dialect = await CreateDialectAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        if (Dialect is not null) await Dialect.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected async Task<IRelationalStore> OpenStoreAsync(int queueCapacity = 1024)
    {
        var store = Dialect.New(queueCapacity);
        _opened.Add(store);
        await store.InitializeAsync(Token);
        return store;
    }

    private protected static IJournal JournalOf(IRelationalStore store) => new StoreJournal(store);

    private protected static IScoreHistory HistoryOf(IRelationalStore store) => new StoreScoreHistory(store);

    private protected static ICatalogStore CatalogOf(IRelationalStore store) => new StoreCatalog(store);

    private protected static IAlertStore AlertsOf(IRelationalStore store) => new StoreAlerts(store);

    private protected async Task<IJournal> OpenJournalAsync() => JournalOf(await OpenStoreAsync());
}
