using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Turns errors of the database into ours, naming the file and the remedy.</summary>
internal static class SqliteErrors
{
    public static bool IsConstraint(SqliteException exception) => exception.SqliteErrorCode == raw.SQLITE_CONSTRAINT;

    public static DagmmStreamException Translate(SqliteException exception, string path) => exception.SqliteErrorCode switch
    {
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_FORMAT => new DagmmStreamException(
            ErrorCode.StoreDamaged,
            $"the store \"{path}\" is damaged or no DagmmStream database: restore a backup, or move the file away to start empty",
            isTransient: false,
            exception),
        raw.SQLITE_FULL => Unavailable($"no space is left for the store \"{path}\": free space; nothing stored is lost", exception),
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => Unavailable(
            $"the store \"{path}\" is locked by another program: close it (a backup tool or a database browser) and try again", exception),
        raw.SQLITE_READONLY or raw.SQLITE_PERM or raw.SQLITE_CANTOPEN or raw.SQLITE_AUTH => Unavailable(
            $"the store \"{path}\" cannot be written: check that the file and its directory exist and are writable", exception),
        raw.SQLITE_IOERR => Unavailable(
            $"the disk failed under the store \"{path}\": {exception.Message} (code {exception.SqliteExtendedErrorCode}); check the device",
            exception),
        _ => Unavailable($"the store \"{path}\" failed: {exception.Message}", exception),
    };

    private static DagmmStreamException Unavailable(string message, Exception exception) =>
        new(ErrorCode.StoreUnavailable, message, isTransient: true, exception);
}
