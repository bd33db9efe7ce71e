using DagmmStream.Storage.Sqlite;
using Microsoft.Extensions.Options;

namespace DagmmStream.Storage.Tests;

/// <summary>A SQLite store in a directory of its own, which is deleted afterwards.</summary>
public abstract class SqliteFixture : IAsyncDisposable
{
    private readonly List<SqliteStore> _opened = [];

    protected string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("dagmm-").FullName;

    protected string DatabasePath => Path.Combine(Directory, "store.db");

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var store in _opened) await store.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
        GC.SuppressFinalize(this);
    }

    protected SqliteStore NewStore(Action<SqliteStoreOptions>? configure = null)
    {
        var options = new SqliteStoreOptions { Path = DatabasePath, Synchronous = SqliteSynchronous.Normal };
        configure?.Invoke(options);
        var store = new SqliteStore(Options.Create(options));
        _opened.Add(store);
        return store;
    }

    protected async Task<SqliteStore> OpenStoreAsync(Action<SqliteStoreOptions>? configure = null)
    {
        var store = NewStore(configure);
        await store.InitializeAsync(Token);
        return store;
    }
}
