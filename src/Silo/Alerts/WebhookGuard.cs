using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>
/// Keeps webhooks from reaching what they should not: names are checked when a policy is set and when a message is sent, addresses when the
/// connection is made, so that a name that resolves to another address later is caught.
/// </summary>
internal sealed class WebhookGuard(IOptions<AlertOptions> options)
{
    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("fc00::/7"),
    ];

    private static readonly IPNetwork LinkLocal = IPNetwork.Parse("169.254.0.0/16");
    private static readonly IPNetwork Unspecified = IPNetwork.Parse("0.0.0.0/8");

    /// <summary>Why an address of a webhook may not be used; null if it may.</summary>
    public string? Refusal(Uri address)
    {
        if (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps)
            return $"\"{address.Scheme}\" is not http or https";
        var allowed = options.Value.AllowedHosts;
        if (allowed.Count > 0 && !allowed.Any(pattern => Fits(pattern, address.IdnHost)))
            return $"host \"{address.IdnHost}\" is none of Alerts:AllowedHosts";
        return IPAddress.TryParse(address.Host.Trim('[', ']'), out var ip) && !IsAllowed(ip) ? $"address {ip} may not be used" : null;
    }

    /// <summary>Connects to the first address of a host that may be used.</summary>
    /// <exception cref="HttpRequestException">There is none.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellationToken);
        var allowed = Array.FindAll(addresses, IsAllowed);
        if (allowed.Length == 0)
            throw new HttpRequestException(
                HttpRequestError.ConnectionError,
                $"host \"{host}\" has no address that may be used ({string.Join(", ", addresses.AsEnumerable())})");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private bool IsAllowed(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (LinkLocal.Contains(address) || Unspecified.Contains(address) || address.IsIPv6LinkLocal || address.IsIPv6Multicast
            || address.Equals(IPAddress.IPv6Any) || IsMulticast(address)) return false;
        return !options.Value.RefusePrivateAddresses
            || (!IPAddress.IsLoopback(address) && !Array.Exists(Private, network => network.Contains(address)));
    }

    private static bool IsMulticast(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes()[0] >= 224;

    private static bool Fits(string pattern, string host) => pattern.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(pattern[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(pattern, StringComparison.OrdinalIgnoreCase);
}
