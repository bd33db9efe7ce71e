using System.Buffers.Binary;
using DagmmStream.Modeling.Checkpoints;
using Microsoft.Data.Sqlite;

namespace DagmmStream.Cluster.Tests;

/// <summary>Reads the newest checkpoint of a store's only partition, as bytes, while no silo runs.</summary>
internal static class CheckpointFile
{
    // docs/checkpoint-format.md: the header's size, and where it says how long the payload is.
    private const int HeaderSize = 44;
    private const int LengthAt = 32;

    private static ReadOnlySpan<byte> Magic => "DGMS"u8;

    public static byte[] Newest(string storePath)
    {
        using var connection = new SqliteConnection($"Data Source={storePath};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT PayloadBinary FROM OrleansStorage WHERE PayloadBinary IS NOT NULL";
        using var reader = command.ExecuteReader();
        var checkpoints = new List<byte[]>();
        while (reader.Read())
        {
            if (Find((byte[])reader[0]) is { } checkpoint) checkpoints.Add(checkpoint);
        }

        return checkpoints.MaxBy(Offset) ?? throw new InvalidOperationException($"no checkpoint in {storePath}");
    }

    /// <summary>The checkpoint inside a stored grain state; null when there is none.</summary>
    public static byte[]? Find(byte[] state)
    {
        var at = state.AsSpan().IndexOf(Magic);
        if (at < 0) return null;
        var length = HeaderSize + (int)BinaryPrimitives.ReadInt64LittleEndian(state.AsSpan(at + LengthAt));
        return state[at..(at + length)];
    }

    public static long Offset(byte[] checkpoint)
    {
        CheckpointReader.Open(checkpoint, out var header);
        return header.Offset;
    }
}
