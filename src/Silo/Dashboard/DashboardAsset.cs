using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.StaticFiles;

namespace DagmmStream.Silo.Dashboard;

/// <summary>One file of the page, from the assembly, once as it is and once compressed.</summary>
internal sealed class DashboardAsset
{
    private const string ResourcePrefix = "dashboard/";
    private const int HashBytes = 12;
    private static readonly FileExtensionContentTypeProvider Types = new();
    private readonly byte[] _content;
    private readonly Lazy<byte[]> _gzip;

    private DashboardAsset(string path, byte[] content)
    {
        (Path, _content) = (path, content);
        ContentType = Types.TryGetContentType(path, out var type) ? type : "application/octet-stream";
        if (ContentType.StartsWith("text/", StringComparison.Ordinal)) ContentType += "; charset=utf-8";
        ETag = $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, HashBytes))}\"";
        _gzip = new Lazy<byte[]>(() => Compress(_content));
    }

    /// <summary>Path below the page's root.</summary>
    public string Path { get; }

    public string ContentType { get; }

    public string ETag { get; }

    public byte[] Content => _content;

    public byte[] Gzip => _gzip.Value;

    /// <summary>All files of the page.</summary>
    public static IEnumerable<DashboardAsset> All()
    {
        var assembly = typeof(DashboardAsset).Assembly;
        foreach (var name in assembly.GetManifestResourceNames())
        {
            if (!name.StartsWith(ResourcePrefix, StringComparison.Ordinal)) continue;
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return new DashboardAsset(name[ResourcePrefix.Length..].Replace('\\', '/'), content);
        }
    }

    private static byte[] Compress(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(content);
        return packed.ToArray();
    }
}
