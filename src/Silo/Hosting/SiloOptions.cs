using System.ComponentModel.DataAnnotations;

namespace DagmmStream.Silo.Hosting;

/// <summary>Settings of the host; configuration section <see cref="Section"/>.</summary>
public sealed class SiloOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Silo";

    /// <summary>TCP port on which the silos of a cluster talk to each other.</summary>
    /// <value>Default 11111.</value>
    [Range(1, 65535)]
    public int SiloPort { get; set; } = 11111;

    /// <summary>TCP port to which clients connect.</summary>
    /// <value>Default 30000.</value>
    [Range(1, 65535)]
    public int GatewayPort { get; set; } = 30000;

    /// <summary>Addresses of the HTTP server, separated by ';'. Port 0 takes a free one.</summary>
    /// <value>Default "http://127.0.0.1:8080".</value>
    [Required]
    public string Urls { get; set; } = "http://127.0.0.1:8080";

    /// <summary>Name of the cluster; silos and clients of different names do not see each other.</summary>
    /// <value>Default "dagmm".</value>
    [Required]
    public string ClusterId { get; set; } = "dagmm";

    /// <summary>Name of the service: part of the keys under which checkpoints are stored. Do not change it for an existing store.</summary>
    /// <value>Default "dagmm".</value>
    [Required]
    public string ServiceId { get; set; } = "dagmm";

    /// <summary>
    /// How long a stop may take to train out and to checkpoint, before the silo stops anyway; the journal keeps the rest.
    /// </summary>
    /// <value>Default 30 s. From 0 to 10 minutes.</value>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How the log is written.</summary>
    /// <value>Default <see cref="LogFormat.Simple"/>.</value>
    [EnumDataType(typeof(LogFormat))]
    public LogFormat LogFormat { get; set; } = LogFormat.Simple;
}
