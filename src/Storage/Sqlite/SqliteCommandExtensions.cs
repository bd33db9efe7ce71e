using System.Globalization;
using Microsoft.Data.Sqlite;

namespace DagmmStream.Storage.Sqlite;

/// <summary>Commands in one line each.</summary>
internal static class SqliteCommandExtensions
{
    /// <summary>Name of a value in the statements that both dialects share: $1, $2, …</summary>
    public static string Place(int index) => string.Create(CultureInfo.InvariantCulture, $"${index + 1}");

    public static SqliteCommand Command(
        this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // Every statement is a constant of this assembly.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values) command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        return command;
    }

    public static int Execute(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    public static object? Scalar(this SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar() is { } value and not DBNull ? value : null;
    }
}
