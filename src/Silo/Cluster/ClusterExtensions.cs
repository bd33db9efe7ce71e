using System.Net;
using DagmmStream.Silo.Hosting;
using DagmmStream.Storage.PostgreSql;
using Orleans.Configuration;
using SiloOptions = DagmmStream.Silo.Hosting.SiloOptions;

namespace DagmmStream.Silo.Cluster;

/// <summary>Makes a silo part of its cluster.</summary>
internal static class ClusterExtensions
{
    // Two silos must agree that a third one is dead, unless there are only two.
    private const int Votes = 2;

    // How far a busy silo may stretch the probes' timeout.
    private const int LongestProbe = 2;

    // A silo that was frozen finds in the table that it is dead, and ends; Orleans' own minute is long to be a gateway that nobody trusts.
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    /// <summary>Adds membership, endpoints and directory as the settings say.</summary>
    public static ISiloBuilder UseDagmmStreamCluster(this ISiloBuilder silo, SiloOptions host, ClusterSettings cluster)
    {
        if (cluster.Kind == ClusterKind.Localhost)
            return silo.UseLocalhostClustering(host.SiloPort, host.GatewayPort, serviceId: host.ServiceId, clusterId: host.ClusterId);
        silo.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (host.ClusterId, host.ServiceId));
        silo.UseDagmmStreamPostgreSqlClustering();
        if (cluster.AdvertisedAddress == ClusterSettings.Auto)
            silo.ConfigureEndpoints(host.SiloPort, host.GatewayPort, listenOnAnyHostAddress: true);
        else
            ConfigureEndpoints(silo, IPAddress.Parse(cluster.AdvertisedAddress), host);
        silo.Configure<ClusterMembershipOptions>(options =>
        {
            options.ProbeTimeout = cluster.ProbeTimeout;
            options.NumMissedProbesLimit = cluster.MissedProbes;
            options.NumVotesForDeathDeclaration = Votes;
            // Orleans suspects a silo after the limit times this, four times the first timeout unless it is told.
            options.MaxProbeTimeout = LongestProbe * cluster.ProbeTimeout;
            options.TableRefreshTimeout = Refresh;
        });
        if (cluster.DistributedDirectory) UseDistributedDirectory(silo, cluster.DirectoryLease);
        silo.Services.AddHostedService<PartitionBalancer>();
        return silo;
    }

    private static void ConfigureEndpoints(ISiloBuilder silo, IPAddress address, SiloOptions host) =>
        silo.ConfigureEndpoints(address, host.SiloPort, host.GatewayPort, listenOnAnyHostAddress: !IPAddress.IsLoopback(address));

    private static void UseDistributedDirectory(ISiloBuilder silo, TimeSpan lease)
    {
#pragma warning disable ORLEANSEXP003 // The default directory starts grains elsewhere from old state while a silo leaves.
        silo.AddDistributedGrainDirectory();
#pragma warning restore ORLEANSEXP003
        silo.Configure<GrainDirectoryOptions>(options => options.RangeLeaseDuration = lease);
    }
}
