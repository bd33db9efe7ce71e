using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// Tells clients which gateways the cluster has. Every silo answers the calls that come through its own gateway; the key says nothing.
/// Calls take a client's gateways in turn, so that one that hangs cannot hide the others.
/// </summary>
[Alias("dagmm.gateways")]
public interface IGatewayGrain : IGrainWithIntegerKey
{
    /// <summary>The gateways of the silos that are active in the eyes of the one that answers.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>Addresses and ports as the silos advertise them, such as "10.0.0.7:30000".</returns>
    [Alias("List")]
    [AnyGateway]
    Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken = default);
}
