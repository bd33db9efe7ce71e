namespace DagmmStream.Storage.Tests;

public sealed class PostgreSqlJournalTests : JournalSuite
{
    private protected override async Task<IStoreDialect> CreateDialectAsync() => await PostgreSqlDialect.CreateAsync();
}
