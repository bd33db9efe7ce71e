using DagmmStream.Silo.Drain;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace DagmmStream.Silo.Health;

/// <summary>Unhealthy once the silo has begun to stop: load balancers should send events elsewhere.</summary>
internal sealed class DrainHealthCheck(IDrain drain) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(drain.IsDraining
            ? HealthCheckResult.Unhealthy("the silo is draining")
            : HealthCheckResult.Healthy("admits events"));
}
