namespace DagmmStream.Silo.Cluster;

/// <summary>How this silo belongs to a cluster; configuration section <see cref="Section"/>.</summary>
public sealed class ClusterSettings
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Cluster";

    /// <summary>The value of <see cref="AdvertisedAddress"/> that stands for the address of this machine's name.</summary>
    public const string Auto = "auto";

    /// <summary>How silos find each other.</summary>
    /// <value>Default <see cref="ClusterKind.Localhost"/>.</value>
    public ClusterKind Kind { get; set; } = ClusterKind.Localhost;

    /// <summary>IP address under which the other silos and the clients reach this one, or "auto": that of the host's name, as in a
    /// container. Used with <see cref="ClusterKind.PostgreSql"/>.</summary>
    /// <value>Default "127.0.0.1": all silos on one machine.</value>
    public string AdvertisedAddress { get; set; } = "127.0.0.1";

    /// <summary>How long a silo waits for another one's answer to a probe.</summary>
    /// <value>Default 1 s: a killed silo is found after about two, one that hangs after twice <see cref="MissedProbes"/> of them. 0.1 s to
    /// 1 min.</value>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Probes in a row without an answer after which a silo is suspected.</summary>
    /// <value>Default 3. 1 to 100.</value>
    public int MissedProbes { get; set; } = 3;

    /// <summary>Whether grains are found through Orleans' distributed directory, which keeps them apart while silos come and go (an
    /// experimental part of Orleans 10). Every silo of a cluster must have the same value.</summary>
    /// <value>Default true; false takes Orleans' default directory.</value>
    public bool DistributedDirectory { get; set; } = true;

    /// <summary>How long the directory's ranges of a silo that died are held back.</summary>
    /// <value>Default 5 s. 1 s to 5 min.</value>
    public TimeSpan DirectoryLease { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a silo looks whether it holds more than its share of the partitions.</summary>
    /// <value>Default 10 s. 1 s to 1 h.</value>
    public TimeSpan BalanceInterval { get; set; } = TimeSpan.FromSeconds(10);
}
