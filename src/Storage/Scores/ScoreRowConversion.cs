using System.Data;
using System.Data.Common;

namespace DagmmStream.Storage.Scores;

/// <summary>Turns the scores of earlier schemas, one row per event, into blocks; within the transaction of a migration.</summary>
/// <param name="connection">The migration's connection.</param>
/// <param name="transaction">Its transaction.</param>
/// <param name="columns">Table, column of offsets and column of times before.</param>
internal sealed class ScoreRowConversion(
    IDbConnection connection, IDbTransaction transaction, (string Table, string Offset, string Time) columns)
{
    private const int Page = 256;

    /// <summary>Converts all rows, page by page: a history may not fit into memory.</summary>
    public void Run()
    {
        var (partition, offset) = (long.MinValue, long.MinValue);
        while (true)
        {
            var page = Read(partition, offset);
            for (var begin = 0; begin < page.Count;)
            {
                var end = begin + 1;
                while (end < page.Count && page[end].Partition == page[begin].Partition
                    && page[end].Score.Offset == page[end - 1].Score.Offset + 1) end++;
                Write(page[begin].Partition, ScoreBlock.From([.. page[begin..end].Select(row => row.Score)]));
                begin = end;
            }

            if (page.Count < Page) return;
            (partition, offset) = (page[^1].Partition, page[^1].Score.Offset);
        }
    }

    private List<(long Partition, EventScore Score)> Read(long partition, long offset)
    {
        using var command = Command(
            $"""
            SELECT partition_id, {columns.Offset}, {columns.Time}, sequence, energy, score, p_value, verdict, snapshot_version, flags
            FROM {columns.Table} WHERE partition_id > @partition OR (partition_id = @partition AND {columns.Offset} > @offset)
            ORDER BY partition_id, {columns.Offset} LIMIT {Page}
            """,
            ("@partition", partition), ("@offset", offset));
        using var reader = (DbDataReader)command.ExecuteReader();
        var page = new List<(long, EventScore)>(Page);
        while (reader.Read())
            page.Add((
                reader.GetInt64(0),
                new EventScore(
                    reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), Number(reader, 4), Number(reader, 5), Number(reader, 6),
                    (Verdict)reader.GetInt16(7), reader.GetInt64(8), (EventFlags)reader.GetInt32(9))));
        return page;
    }

    private void Write(long partition, ScoreBlock scores)
    {
        using var command = Command(
            """
            INSERT INTO dagmm_score_block (partition_id, first_offset, count, newest_time, payload)
            VALUES (@partition, @first, @count, @newest, @payload)
            """,
            ("@partition", partition), ("@first", scores[0].Offset), ("@count", scores.Count), ("@newest", StoredBlock.NewestTime(scores)),
            ("@payload", scores.Data));
        command.ExecuteNonQuery();
    }

    private IDbCommand Command(string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
#pragma warning disable CA2100 // Names of tables and columns are constants of the migrations.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command;
    }

    // NULL stood for NaN.
    private static double Number(DbDataReader reader, int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);
}
