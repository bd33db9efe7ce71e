using System.ComponentModel.DataAnnotations;

namespace DagmmStream.Client;

/// <summary>Settings of <see cref="DagmmStreamClient"/>; checked when the client is created.</summary>
public sealed class DagmmStreamClientOptions
{
    /// <summary>How long a batch that is not full waits for more events. An event that a <c>ScoreAsync</c> caller waits for leaves at once
    /// when
    /// nothing else is on its way.</summary>
    /// <value>Default 5 ms; 0 to 10 s. Zero sends whatever is there.</value>
    public TimeSpan Linger { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Most events in a batch.</summary>
    /// <value>Default 256, the service's limit; 1 to 256.</value>
    [Range(1, EventBatch.MaxEvents)]
    public int BatchSize { get; set; } = EventBatch.MaxEvents;

    /// <summary>Bound of a partition's queue, in events.</summary>
    /// <value>Default 8,192; 1 to 16,777,216.</value>
    [Range(1, 1 << 24)]
    public int QueueCapacity { get; set; } = 8192;

    /// <summary>What happens when a partition's queue is full.</summary>
    /// <value>Default <see cref="QueueFullMode.Wait"/>.</value>
    public QueueFullMode QueueFullMode { get; set; } = QueueFullMode.Wait;

    /// <summary>Most batches of a partition on their way at a time.</summary>
    /// <value>Default 4: enough to hide a round trip; more only queue in the service. 1 to 64.</value>
    [Range(1, 64)]
    public int MaxInFlight { get; set; } = 4;

    /// <summary>
    /// Name of this producer. Give a fixed name to a program that resumes after a restart; two programs must never share one.
    /// </summary>
    /// <value>Default null: a fresh GUID. 1 to 128 characters.</value>
    public string? ProducerId { get; set; }

    /// <summary>
    /// How long a batch is tried again, and how long <see cref="DagmmStreamClient.DisposeAsync"/> waits for what is queued.
    /// </summary>
    /// <value>Default 2 min; positive, at most 1 day.</value>
    public TimeSpan DeliveryTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>How long everything but delivery (catalog, status, scores) is tried again.</summary>
    /// <value>Default 15 s; positive, at most 1 day.</value>
    public TimeSpan CallTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>First delay before trying again; it doubles each time, with jitter.</summary>
    /// <value>Default 50 ms; 0 to <see cref="MaxRetryDelay"/>.</value>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Longest delay before trying again.</summary>
    /// <value>Default 2 s; positive, at most 1 h.</value>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long one call waits for its reply: of <c>ConnectAsync</c> and over HTTP; otherwise the Orleans client's own setting holds.
    /// </summary>
    /// <value>Default 30 s; 1 s to 1 h. Over HTTP more than the 15 s after which a watched service says that it lives.</value>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long <c>ConnectAsync</c> tries to reach the service.</summary>
    /// <value>Default 10 s; positive, at most 1 h.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How often <c>ConnectAsync</c>'s client asks the cluster for its gateways, and how soon it leaves one whose silo is dead or
    /// hangs. Where no gateway has the address that was given, as behind a translation of addresses, it keeps to the given ones.</summary>
    /// <value>Default 5 s (Orleans' own minute leaves a client on a dead gateway for that long); 1 s to 1 h.</value>
    public TimeSpan GatewayListRefreshPeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Cluster that <c>ConnectAsync</c> joins.</summary>
    /// <value>Default "dagmm".</value>
    [Required]
    public string ClusterId { get; set; } = "dagmm";

    /// <summary>Service that <c>ConnectAsync</c> talks to.</summary>
    /// <value>Default "dagmm".</value>
    [Required]
    public string ServiceId { get; set; } = "dagmm";

    /// <summary>Where the service's HTTP API is, without <c>/api/v1</c>; set by <see cref="UseHttp"/>.</summary>
    /// <value>Default null: the service's grains are called through Orleans.</value>
    public Uri? HttpAddress { get; set; }

    /// <summary>API key or JWT for the HTTP API.</summary>
    /// <value>Default null: none, which suffices on loopback.</value>
    public string? ApiKey { get; set; }

    /// <summary>What sends HTTP requests, for a proxy, a certificate or a test; it is not disposed.</summary>
    /// <value>Default null: one of the client's own.</value>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>
    /// Uses the service's HTTP API instead of Orleans, where only HTTP gets through. Batches, sequences, retries and what arrives once
    /// stay the same; an event costs more bytes and time.
    /// </summary>
    /// <param name="address">Where the service is, such as https://dagmm.example.org.</param>
    /// <param name="apiKey">API key or JWT; null for none.</param>
    /// <returns>These options.</returns>
    public DagmmStreamClientOptions UseHttp(Uri address, string? apiKey = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        (HttpAddress, ApiKey) = (address, apiKey);
        return this;
    }
}
