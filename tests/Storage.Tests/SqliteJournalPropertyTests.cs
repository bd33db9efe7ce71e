namespace DagmmStream.Storage.Tests;

public sealed class SqliteJournalPropertyTests : JournalPropertySuite
{
    private protected override Task<IStoreDialect> CreateDialectAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());
}
