using System.Text;

namespace DagmmStream.Storage.Journal;

/// <summary>Checksum of a journal row over all that a replay uses.</summary>
internal static class JournalChecksum
{
    public static uint Compute(PartitionId partition, long epoch, JournalRecord record)
    {
        var crc = Append(Crc32C.Seed, partition.Stream);
        crc = Crc32C.Append(crc, partition.Partition);
        crc = Crc32C.Append(crc, epoch);
        crc = Crc32C.Append(crc, record.FirstOffset);
        crc = Crc32C.Append(crc, record.Count);
        crc = Append(crc, record.Producer);
        crc = Crc32C.Append(crc, record.FirstSequence);
        crc = Crc32C.Append(crc, record.SamplingRate);
        return ~Crc32C.Append(crc, record.Features.Span);
    }

    private static uint Append(uint crc, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return Crc32C.Append(Crc32C.Append(crc, bytes.Length), bytes);
    }
}
