using System.ComponentModel.DataAnnotations;

namespace DagmmStream.Silo.Alerts;

/// <summary>Settings of alerts and their webhooks; configuration section <see cref="Section"/>.</summary>
public sealed class AlertOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Alerts";

    // Eleven attempts over a day and a half: a receiver may be away for a night.
    private static readonly TimeSpan[] DefaultSchedule =
    [
        TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30),
        TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(6), TimeSpan.FromHours(12), TimeSpan.FromHours(12),
    ];

    /// <summary>Where people reach the page, for the links in messages.</summary>
    /// <value>Default none: the first address of the HTTP server.</value>
    public Uri? PublicUrl { get; set; }

    /// <summary>Hosts that webhooks may name; "*.example.org" stands for all below it.</summary>
    /// <value>Default empty: any host.</value>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>Refuses webhooks whose host is, or resolves to, a loopback or private address. Link-local addresses, which lead to the
    /// metadata services of clouds, are refused always.</summary>
    /// <value>Default false: receivers are usually in the same network.</value>
    public bool RefusePrivateAddresses { get; set; }

    /// <summary>How long one request to a receiver may take.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests that follow at once when one fails in a way that may pass, before the attempt counts as failed.</summary>
    /// <value>Default 2.</value>
    [Range(0, 10)]
    public int QuickRetries { get; set; } = 2;

    /// <summary>Waits after each failed attempt; after the last one the message is given up. Kept in the store: a restart changes nothing.
    /// </summary>
    /// <value>Default empty: 10 s, 30 s, 2 min, 10 min, 30 min, 1 h, 3 h, 6 h, 12 h, 12 h.</value>
    public IList<TimeSpan> RetrySchedule { get; } = [];

    /// <summary>How often a silo looks for messages that are due.</summary>
    /// <value>Default 1 s.</value>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a silo looks whether streams are silent.</summary>
    /// <value>Default 10 s.</value>
    public TimeSpan SilenceInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Messages that a silo sends at once.</summary>
    /// <value>Default 8.</value>
    [Range(1, 256)]
    public int MaxParallel { get; set; } = 8;

    /// <summary>The waits in force.</summary>
    internal IList<TimeSpan> Schedule => RetrySchedule.Count > 0 ? RetrySchedule : DefaultSchedule;

    /// <summary>How long a message belongs to the silo that took it: longer than all its requests.</summary>
    internal TimeSpan Lease => ((QuickRetries + 1) * AttemptTimeout) + TimeSpan.FromSeconds(30);
}
