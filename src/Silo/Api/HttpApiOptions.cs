using System.ComponentModel.DataAnnotations;

namespace DagmmStream.Silo.Api;

/// <summary>Settings of the HTTP API; configuration section <see cref="Section"/>.</summary>
public sealed class HttpApiOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Http";

    /// <summary>Largest request body, in bytes; of a compressed body, after decompression.</summary>
    /// <value>Default 256 MiB. Bodies are read as a stream: the bound is one of time and work, not of memory.</value>
    [Range(1024, long.MaxValue)]
    public long MaxBodyBytes { get; set; } = 256L << 20;

    /// <summary>How long a batch that a partition refuses is offered again before the request ends with 429.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan IngestPatience { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Most scores in the reply to pushed events; the rest is read by offset.</summary>
    /// <value>Default 1,000.</value>
    [Range(0, 100_000)]
    public int MaxScoresInReply { get; set; } = 1000;

    /// <summary>Most rejected lines that a reply lists; all are counted.</summary>
    /// <value>Default 100.</value>
    [Range(1, 10_000)]
    public int MaxRejectionsInReply { get; set; } = 100;

    /// <summary>Shortest time between two messages of a live connection.</summary>
    /// <value>Default 100 ms: ten columnar messages a second cost a browser a quarter of what one message per score does.</value>
    public TimeSpan LiveInterval { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest silence of a live connection; then a message without scores is sent, so that both sides see a dead one.</summary>
    /// <value>Default 15 s.</value>
    public TimeSpan LiveKeepAlive { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Adds Orleans' own dashboard at <c>/orleans</c>, for callers with the scope admin.</summary>
    /// <value>Default false: it shows the state of grains.</value>
    public bool OrleansDashboard { get; set; }

    /// <summary>Live connections that a silo serves at once; further ones are refused with 429.</summary>
    /// <value>Default 20,000.</value>
    [Range(1, 1_000_000)]
    public int MaxLiveConnections { get; set; } = 20_000;
}
