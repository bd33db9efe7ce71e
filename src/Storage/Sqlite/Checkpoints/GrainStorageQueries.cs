namespace DagmmStream.Storage.Sqlite.Checkpoints;

/// <summary>
/// The statements that the ADO.NET grain storage provider (Orleans 10.4.2) looks up by key in the table OrleansQuery; keys, parameters and
/// result columns are its contract. They are written anew at every start, so that they always belong to the package that runs. Each is one
/// statement, hence atomic, and returns a row with the new version only if the caller's version was the stored one.
/// </summary>
internal static class GrainStorageQueries
{
    private const string SameGrain = """
        GrainIdHash = @GrainIdHash AND GrainTypeHash = @GrainTypeHash AND GrainIdN0 = @GrainIdN0 AND GrainIdN1 = @GrainIdN1
        AND GrainIdExtensionString = coalesce(@GrainIdExtensionString, '') AND GrainTypeString = @GrainTypeString AND ServiceId = @ServiceId
        """;

    private const string Read = $"SELECT PayloadBinary, Version FROM OrleansStorage WHERE {SameGrain}";

    // Without a version the grain believes that there is no row: insert, or return nothing. With one: update that version, or return
    // nothing.
    private const string Write = $"""
        INSERT INTO OrleansStorage (
            GrainIdHash, GrainTypeHash, GrainIdN0, GrainIdN1, GrainTypeString, GrainIdExtensionString, ServiceId, Version, PayloadBinary)
        SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @GrainTypeString, coalesce(@GrainIdExtensionString, ''), @ServiceId, 1,
            @PayloadBinary
        WHERE @GrainStateVersion IS NULL OR EXISTS (SELECT 1 FROM OrleansStorage WHERE {SameGrain} AND Version = @GrainStateVersion)
        ON CONFLICT DO UPDATE SET PayloadBinary = excluded.PayloadBinary, Version = Version + 1 WHERE Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion
        """;

    private const string Clear = $"""
        UPDATE OrleansStorage SET PayloadBinary = NULL, Version = Version + 1
        WHERE {SameGrain} AND Version = @GrainStateVersion
        RETURNING Version AS NewGrainStateVersion
        """;

    // The provider takes a version that equals the caller's for a conflict, hence the one after it.
    private const string Delete = $"""
        DELETE FROM OrleansStorage WHERE {SameGrain} AND Version = @GrainStateVersion RETURNING Version + 1 AS NewGrainStateVersion
        """;

    public static readonly (string Key, string Text)[] All =
    [
        ("ReadFromStorageKey", Read), ("WriteToStorageKey", Write), ("ClearStorageKey", Clear), ("DeleteStorageKey", Delete),
    ];
}
