using System.Net;

namespace DagmmStream.Silo.Access;

/// <summary>Tells addresses of this machine from others.</summary>
internal static class ListenAddress
{
    public static bool IsLoopback(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    /// <summary>The addresses of a list separated by ';' that other machines can reach.</summary>
    public static IEnumerable<string> Beyond(string urls) =>
        urls.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(url => !Uri.TryCreate(url, UriKind.Absolute, out var uri) || !IsLoopback(uri.Host));
}
