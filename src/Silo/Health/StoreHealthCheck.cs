using DagmmStream.Storage.Catalog;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DagmmStream.Silo.Health;

/// <summary>Healthy while the store answers a read.</summary>
internal sealed class StoreHealthCheck(ICatalogStore catalog) : IHealthCheck
{
    // No stream can have this name, so the read touches the index only.
    private const string Probe = "#health";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await catalog.FindAsync(Probe, cancellationToken);
            return HealthCheckResult.Healthy("reachable");
        }
        catch (DagmmStreamException e)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}
