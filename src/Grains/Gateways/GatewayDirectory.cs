using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;

namespace DagmmStream.Grains.Gateways;

/// <summary>The gateways of the active silos. Where a silo's gateway is never changes, so that the store is asked once per silo, and a list
/// without a silo that died needs no store.</summary>
internal sealed class GatewayDirectory(ISiloStatusOracle silos, IGrainFactory grains)
{
    private readonly ConcurrentDictionary<SiloAddress, IPEndPoint?> _gateways = new();

    public async Task<ImmutableArray<string>> ListAsync()
    {
        var active = silos.GetApproximateSiloStatuses(onlyActive: true).Keys;
        if (!active.All(_gateways.ContainsKey)) await LookUpAsync();
        foreach (var silo in _gateways.Keys.Except(active)) _gateways.TryRemove(silo, out _);
        return
        [
            .. from silo in active
               let gateway = _gateways.GetValueOrDefault(silo)
               where gateway is not null
               orderby silo
               select gateway.ToString(),
        ];
    }

    private async Task LookUpAsync()
    {
        foreach (var host in await grains.GetGrain<IManagementGrain>(0).GetDetailedHosts(onlyActive: true))
            _gateways[host.SiloAddress] = host.ProxyPort > 0 ? new IPEndPoint(host.SiloAddress.Endpoint.Address, host.ProxyPort) : null;
    }
}
