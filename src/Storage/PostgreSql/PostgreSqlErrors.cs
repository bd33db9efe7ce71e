using Npgsql;

namespace DagmmStream.Storage.PostgreSql;

/// <summary>Turns errors of the database into ours, naming the database and the remedy.</summary>
internal static class PostgreSqlErrors
{
    private const string IntegrityClass = "23";
    private const string CorruptionClass = "XX";
    private const string AuthorizationClass = "28";

    public static bool IsConstraint(Exception exception) =>
        exception is PostgresException { SqlState: { } state } && state.StartsWith(IntegrityClass, StringComparison.Ordinal);

    public static DagmmStreamException Translate(Exception exception, string location) => exception switch
    {
        DagmmStreamException own => own,
        PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted } corrupt => Damaged(
            $"the store \"{location}\" is damaged ({corrupt.MessageText}): restore a backup", corrupt),
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full => Unavailable(
            $"no space is left for the store \"{location}\": free space on the database's disk; nothing stored is lost", full),
        PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } missing => Unavailable(
            $"the store \"{location}\" does not exist: create the database, or correct Store:ConnectionString", missing),
        PostgresException { SqlState: PostgresErrorCodes.TooManyConnections } many => Unavailable(
            $"the server of the store \"{location}\" takes no more connections: lower Store:MaxConnections or raise its max_connections",
            many),
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction } readOnly => Unavailable(
            $"the store \"{location}\" is read-only: connect to the primary server", readOnly),
        PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege } denied => Unavailable(
            $"the store \"{location}\" denies access ({denied.MessageText}): grant the user of Store:ConnectionString the database",
            denied),
        PostgresException refused when refused.SqlState.StartsWith(AuthorizationClass, StringComparison.Ordinal) => Unavailable(
            $"the store \"{location}\" refuses the user ({refused.MessageText}): correct Store:ConnectionString", refused),
        PostgresException internalError when internalError.SqlState.StartsWith(CorruptionClass, StringComparison.Ordinal) => Unavailable(
            $"the store \"{location}\" failed ({internalError.MessageText}, {internalError.SqlState}): see the server's log",
            internalError),
        _ => Unavailable(
            $"the store \"{location}\" does not answer ({exception.Message}): check that the database runs and can be reached", exception),
    };

    private static DagmmStreamException Unavailable(string message, Exception exception) =>
        new(ErrorCode.StoreUnavailable, message, isTransient: true, exception);

    private static DagmmStreamException Damaged(string message, Exception exception) =>
        new(ErrorCode.StoreDamaged, message, isTransient: false, exception);
}
