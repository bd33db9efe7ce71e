using System.Globalization;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Keeps a second process, or a second store in this one, from opening the same file.</summary>
internal static class StoreLock
{
    public static FileStream Take(string path)
    {
        var lockPath = path + ".lock";
        FileStream stream;
        try
        {
            stream = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw SqliteStore.Unwritable(path, exception);
        }
        catch (IOException exception)
        {
            throw new DagmmStreamException(
                ErrorCode.StoreUnavailable,
                $"the store \"{path}\" is used by process {Holder(path)}: stop it, or set Store:Path to another file",
                isTransient: true,
                exception);
        }

        // The locked file cannot be read by others: who holds it stands beside it.
        File.WriteAllText(path + ".pid", Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return stream;
    }

    private static string Holder(string path)
    {
        try
        {
            return File.ReadAllText(path + ".pid") is { Length: > 0 } pid ? pid : "(unknown)";
        }
        catch (IOException)
        {
            // The number only helps to find the holder.
            return "(unknown)";
        }
    }
}
