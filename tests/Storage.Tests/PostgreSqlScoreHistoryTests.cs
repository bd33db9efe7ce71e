namespace DagmmStream.Storage.Tests;

public sealed class PostgreSqlScoreHistoryTests : ScoreHistorySuite
{
    private protected override async Task<IStoreDialect> CreateDialectAsync() => await PostgreSqlDialect.CreateAsync();
}
