namespace DagmmStream.Storage.Tests;

public sealed class SqliteScoreHistoryTests : ScoreHistorySuite
{
    private protected override Task<IStoreDialect> CreateDialectAsync() => Task.FromResult<IStoreDialect>(new SqliteDialect());
}
