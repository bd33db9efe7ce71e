using System.Data.SQLite;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Turns errors of the database into ours, naming the file and the remedy.</summary>
internal static class SqliteErrors
{
    /// <summary>Low byte of an extended result code: the primary code.</summary>
    private const int PrimaryMask = 0xff;

    public static SQLiteErrorCode Primary(SQLiteException exception) => (SQLiteErrorCode)((int)exception.ResultCode & PrimaryMask);

    public static DagmmStreamException Translate(SQLiteException exception, string path) => Primary(exception) switch
    {
        SQLiteErrorCode.Corrupt or SQLiteErrorCode.NotADb or SQLiteErrorCode.Format => new DagmmStreamException(
            ErrorCode.StoreDamaged,
            $"the store \"{path}\" is damaged or no DagmmStream database: restore a backup, or move the file away to start empty",
            isTransient: false,
            exception),
        SQLiteErrorCode.Full => Unavailable($"no space is left for the store \"{path}\": free space; nothing stored is lost", exception),
        SQLiteErrorCode.Busy or SQLiteErrorCode.Locked => Unavailable(
            $"the store \"{path}\" is locked by another program: close it (a backup tool or a database browser) and try again", exception),
        SQLiteErrorCode.ReadOnly or SQLiteErrorCode.Perm or SQLiteErrorCode.CantOpen or SQLiteErrorCode.Auth => Unavailable(
            $"the store \"{path}\" cannot be written: check that the file and its directory exist and are writable", exception),
        _ => Unavailable($"the store \"{path}\" failed: {exception.Message}", exception),
    };

    private static DagmmStreamException Unavailable(string message, Exception exception) =>
        new(ErrorCode.StoreUnavailable, message, isTransient: true, exception);
}
