using System.Collections.Immutable;
using Orleans.Concurrency;

namespace DagmmStream.Grains.Gateways;

/// <summary>Answers on the silo that the call reached.</summary>
[StatelessWorker]
internal sealed class GatewayGrain(GatewayDirectory gateways) : Grain, IGatewayGrain
{
    public Task<ImmutableArray<string>> ListAsync(CancellationToken cancellationToken) => gateways.ListAsync();
}
