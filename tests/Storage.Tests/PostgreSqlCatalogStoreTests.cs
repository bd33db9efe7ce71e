namespace DagmmStream.Storage.Tests;

public sealed class PostgreSqlCatalogStoreTests : CatalogStoreSuite
{
    private protected override async Task<IStoreDialect> CreateDialectAsync() => await PostgreSqlDialect.CreateAsync();
}
