namespace DagmmStream.Storage.Tests;

public sealed class PostgreSqlJournalPropertyTests : JournalPropertySuite
{
    private protected override async Task<IStoreDialect> CreateDialectAsync() => await PostgreSqlDialect.CreateAsync();
}
