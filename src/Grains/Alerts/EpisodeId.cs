using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace DagmmStream.Grains.Alerts;

/// <summary>Ids of episodes: what begins at the same event of the same partition is the same episode, after any restart.</summary>
internal static class EpisodeId
{
    public static string Of(PartitionId partition, AlertKind kind, long startOffset, long startTime)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{partition}/{kind}/{startOffset}/{startTime}");
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(name)));
    }
}
