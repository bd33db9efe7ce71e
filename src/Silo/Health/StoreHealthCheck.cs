using DagmmStream.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DagmmStream.Silo.Health;

/// <summary>Healthy while the store's writer lives and a read is answered.</summary>
internal sealed class StoreHealthCheck(IStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.CheckAsync(cancellationToken);
            return HealthCheckResult.Healthy("reachable");
        }
        catch (DagmmStreamException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}
