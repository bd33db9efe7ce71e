namespace DagmmStream.Storage.Tests;

public sealed class PostgreSqlGrainStorageTests : GrainStorageSuite
{
    private protected override async Task<IStoreDialect> CreateDialectAsync() => await PostgreSqlDialect.CreateAsync();
}
