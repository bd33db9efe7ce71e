using DagmmStream.Silo.Access;
using DagmmStream.Silo.Api;
using Orleans.Dashboard;

namespace DagmmStream.Silo.Dashboard;

/// <summary>
/// Orleans' own dashboard at <c>/orleans</c>, for who wants it: it shows grains and their state, and guards nothing by itself.
/// </summary>
internal static class OrleansDashboard
{
    private const string Path = "/orleans";

    /// <summary>True if the settings ask for it.</summary>
    public static bool IsWanted(IConfiguration configuration) =>
        configuration.GetSection(HttpApiOptions.Section).GetValue<bool>(nameof(HttpApiOptions.OrleansDashboard));

    public static void MapDagmmOrleansDashboard(this WebApplication app) =>
        app.MapOrleansDashboard(Path).ExcludeFromDescription().Requires(ApiScope.Admin);
}
