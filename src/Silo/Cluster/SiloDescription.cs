namespace DagmmStream.Silo.Cluster;

/// <summary>One silo.</summary>
/// <param name="Address">Address and generation.</param>
/// <param name="Name">Name.</param>
/// <param name="Status">State of its membership: joining, active, shuttingDown, stopping, dead.</param>
/// <param name="IsThis">True for the silo that answers.</param>
public sealed record SiloDescription(string Address, string Name, string Status, bool IsThis);
