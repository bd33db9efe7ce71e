namespace DagmmStream.Storage.Tests;

public sealed class SqliteJournalTests : JournalSuite
{
    private protected override Task<IStoreDialect> CreateDialectAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());
}
