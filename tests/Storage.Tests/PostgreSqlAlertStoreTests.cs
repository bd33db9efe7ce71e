namespace DagmmStream.Storage.Tests;

public sealed class PostgreSqlAlertStoreTests : AlertStoreSuite
{
    private protected override async Task<IStoreDialect> CreateDialectAsync() => await PostgreSqlDialect.CreateAsync();
}
