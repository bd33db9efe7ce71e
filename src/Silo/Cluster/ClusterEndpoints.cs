using System.Text.Json;
using DagmmStream.Silo.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using Orleans.Runtime;

namespace DagmmStream.Silo.Cluster;

/// <summary>The silos of the cluster, as this one sees them.</summary>
internal static class ClusterEndpoints
{
    public static void MapCluster(this RouteGroupBuilder api) =>
        api.MapGet("/cluster", Describe).WithTags("Cluster").WithName("describeCluster").WithSummary("The silos, as this one sees them")
            .Requires(ApiScope.Read);

    private static Ok<ClusterDescription> Describe(ISiloStatusOracle oracle)
    {
        var silos =
            from silo in oracle.GetApproximateSiloStatuses(onlyActive: false)
            orderby silo.Key
            select new SiloDescription(
                silo.Key.ToString(),
                oracle.TryGetSiloName(silo.Key, out var name) ? name : "",
                JsonNamingPolicy.CamelCase.ConvertName(silo.Value.ToString()),
                silo.Key.Equals(oracle.SiloAddress));
        return TypedResults.Ok(new ClusterDescription([.. silos]));
    }
}
