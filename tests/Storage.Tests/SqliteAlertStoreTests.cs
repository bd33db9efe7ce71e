namespace DagmmStream.Storage.Tests;

public sealed class SqliteAlertStoreTests : AlertStoreSuite
{
    private protected override Task<IStoreDialect> CreateDialectAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());
}
