using System.Data.Common;
using System.Data.SQLite;
using System.Reflection;

// The names are the contract of the ADO.NET grain storage provider, see below.
#pragma warning disable IDE0130
namespace Microsoft.Data.Sqlite;
#pragma warning restore IDE0130

/// <summary>
/// The provider (Orleans 10.4.2) accepts the invariant name "System.Data.SQLite" but looks for the type
/// "Microsoft.Data.Sqlite.SqliteFactory" in
/// an assembly "Microsoft.Data.Sqlite". When no such assembly is deployed, this type answers in its place with the factory of
/// System.Data.SQLite, so that the process has one SQLite driver and one native library.
/// </summary>
internal static class SqliteFactory
{
    private const string AssemblyName = "Microsoft.Data.Sqlite";
    private static int _registered;

    /// <summary>What the provider reads by reflection.</summary>
    public static readonly DbProviderFactory Instance = SQLiteFactory.Instance;

    public static void Register()
    {
        if (Interlocked.Exchange(ref _registered, 1) == 1) return;
        AppDomain.CurrentDomain.AssemblyResolve += static (_, request) =>
            new AssemblyName(request.Name).Name == AssemblyName ? typeof(SqliteFactory).Assembly : null;
    }
}
