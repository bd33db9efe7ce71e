using System.ComponentModel.DataAnnotations;

namespace DagmmStream.Silo.Access;

/// <summary>Who may call the HTTP API; configuration section <see cref="Section"/>.</summary>
public sealed class AccessOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Access";

    /// <summary>File of the API keys (their hashes), written by <c>dagmm keys</c>; read again when it changes.</summary>
    /// <value>Default "data/keys.json".</value>
    [Required]
    public string KeysFile { get; set; } = "data/keys.json";

    /// <summary>
    /// Asks for a key on loopback too: set it behind a proxy on the same machine, whose every request comes from loopback.
    /// </summary>
    /// <value>Default false.</value>
    public bool RequireKeyOnLoopback { get; set; }

    /// <summary>Requests per second that one key may make, bursts of twice as many.</summary>
    /// <value>Default 200. 0: no limit.</value>
    [Range(0, 1_000_000)]
    public int RequestsPerSecondPerKey { get; set; } = 200;

    /// <summary>Requests with events per second that one stream takes from all keys, bursts of twice as many.</summary>
    /// <value>Default 500. 0: no limit.</value>
    [Range(0, 1_000_000)]
    public int PushesPerSecondPerStream { get; set; } = 500;

    /// <summary>Authority (issuer) of JWT bearer tokens that are accepted beside keys; null for none.</summary>
    public string? JwtAuthority { get; set; }

    /// <summary>Audience that a JWT bearer token must name.</summary>
    /// <value>Default "dagmm". The token's claim "scope" has dagmm.read, dagmm.ingest, dagmm.admin.</value>
    [Required]
    public string JwtAudience { get; set; } = "dagmm";
}
