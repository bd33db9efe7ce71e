using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;

namespace DagmmStream.Silo.Alerts;

/// <summary>The address that links in alerts begin with.</summary>
internal sealed class AlertLinks(IOptions<AlertOptions> options, IServer server)
{
    public string Address => (options.Value.PublicUrl?.ToString()
        ?? server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "").TrimEnd('/');
}
