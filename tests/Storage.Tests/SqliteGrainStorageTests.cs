namespace DagmmStream.Storage.Tests;

public sealed class SqliteGrainStorageTests : GrainStorageSuite
{
    private protected override Task<IStoreDialect> CreateDialectAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());
}
