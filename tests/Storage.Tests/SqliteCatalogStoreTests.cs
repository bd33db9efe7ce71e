namespace DagmmStream.Storage.Tests;

public sealed class SqliteCatalogStoreTests : CatalogStoreSuite
{
    private protected override Task<IStoreDialect> CreateDialectAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());
}
