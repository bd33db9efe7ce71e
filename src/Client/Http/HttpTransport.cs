using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DagmmStream.Client.Transport;

namespace DagmmStream.Client.Http;

/// <summary>Calls the service's HTTP API (docs/api.md).</summary>
internal sealed partial class HttpTransport : IServiceTransport
{
    private const int ListPage = 1000;
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(1);
    private static readonly MediaTypeHeaderValue Ndjson = new("application/x-ndjson");
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;

    public HttpTransport(DagmmStreamClientOptions options)
    {
        _timeout = options.ResponseTimeout;
        _http = new HttpClient(options.HttpHandler ?? NewHandler(options), disposeHandler: options.HttpHandler is null)
        {
            BaseAddress = new Uri(options.HttpAddress!.AbsoluteUri.TrimEnd('/') + "/api/v1/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        if (options.ApiKey is { } key) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<bool> CreateStreamAsync(StreamDefinition definition, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(definition, Json, WireJson.Options);
        using var reply = await SendAsync(HttpMethod.Post, "streams", content, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return reply.StatusCode == HttpStatusCode.Created;
    }

    public async Task<StreamDefinition?> FindStreamAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            return await GetAsync<StreamDefinition>($"{StreamPath(name)}/definition", cancellationToken);
        }
        catch (DagmmStreamException error) when (error.Code == ErrorCode.StreamNotFound)
        {
            return null;
        }
    }

    public async Task<ImmutableArray<StreamDefinition>> ListStreamsAsync(CancellationToken cancellationToken)
    {
        var all = ImmutableArray.CreateBuilder<StreamDefinition>();
        var query = $"streams?limit={ListPage}";
        while (true)
        {
            var page = await GetAsync<HttpStreamList>(query, cancellationToken);
            all.AddRange(page.Streams.Select(stream => stream.Definition));
            if (page.Next is null) return all.ToImmutable();
            query = $"streams?limit={ListPage}&after={all[^1].Name}";
        }
    }

    public async Task<StreamDefinition> UpdatePolicyAsync(string name, StreamPolicy policy, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(policy, Json, WireJson.Options);
        using var reply = await SendAsync(HttpMethod.Patch, $"{StreamPath(name)}/policy", content, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return (await reply.Content.ReadFromJsonAsync<StreamDefinition>(WireJson.Options, cancellationToken))!;
    }

    public async Task<bool> DeleteStreamAsync(string name, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(HttpMethod.Delete, StreamPath(name), null, cancellationToken);
        if (reply.StatusCode == HttpStatusCode.NotFound) return false;
        await ThrowIfFailedAsync(reply, cancellationToken);
        return true;
    }

    public async Task<PushReply> PushAsync(
        PartitionId partition, StreamDefinition definition, EventBatch batch, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(EventLines.Write(definition, batch));
        content.Headers.ContentType = Ndjson;
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{StreamPath(partition.Stream)}/events?partition={partition.Partition}&producer={Uri.EscapeDataString(batch.Producer)}"
            + $"&sequence={batch.FirstSequence}&strict=true");
        using var reply = await SendAsync(HttpMethod.Post, path, content, cancellationToken);
        if (reply.IsSuccessStatusCode) return Accepted(batch, await ReadAsync<HttpPushReply>(reply, cancellationToken));
        var problem = await HttpFailure.ReadAsync(reply, cancellationToken);
        var error = HttpFailure.Of(reply, problem);
        return error.Code switch
        {
            ErrorCode.InvalidSequence => new PushReply
            {
                Outcome = PushOutcome.SequenceGap, ExpectedSequence = problem.ExpectedSequence, Reason = error.Message,
            },
            ErrorCode.Overloaded => new PushReply
            {
                Outcome = PushOutcome.Refused, RetryAfter = reply.Headers.RetryAfter?.Delta ?? DefaultWait, Reason = error.Message,
            },
            _ => throw error,
        };
    }

    public async Task<EventScore> ProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken) =>
        (await ProbeAsync<HttpScore>("probe", partition, definition, probe, cancellationToken)).ToScore();

    public async Task<EventExplanation> ExplainAsync(PartitionId partition, long offset, CancellationToken cancellationToken)
    {
        var explained = await GetAsync<HttpExplanation>(
            Path(partition, string.Create(CultureInfo.InvariantCulture, $"explanations/{offset}")), cancellationToken);
        var definition = await GetAsync<StreamDefinition>($"{StreamPath(partition.Stream)}/definition", cancellationToken);
        return explained.ToExplanation(definition.Features);
    }

    public async Task<EventExplanation> ExplainProbeAsync(
        PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken) =>
        (await ProbeAsync<HttpExplanation>("explain", partition, definition, probe, cancellationToken)).ToExplanation(definition.Features);

    public async Task<FeedbackState> LabelAsync(
        PartitionId partition, long offset, FeedbackLabel? label, CancellationToken cancellationToken)
    {
        var path = Path(partition, string.Create(CultureInfo.InvariantCulture, $"labels/{offset}"));
        using var content = label is { } given ? JsonContent.Create(new HttpLabel(given), Json, WireJson.Options) : null;
        using var reply = await SendAsync(label is null ? HttpMethod.Delete : HttpMethod.Put, path, content, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return await ReadAsync<FeedbackState>(reply, cancellationToken);
    }

    public Task<FeedbackState> GetFeedbackAsync(PartitionId partition, CancellationToken cancellationToken) =>
        GetAsync<FeedbackState>(Path(partition, "labels"), cancellationToken);

    public async Task<ScorePage> ReadScoresAsync(
        PartitionId partition, long fromOffset, int maxCount, CancellationToken cancellationToken)
    {
        // A negative offset would be counted from the end.
        var from = Math.Max(0, fromOffset);
        var path = Path(partition, "scores")
            + string.Create(CultureInfo.InvariantCulture, $"&from={from}&limit={Math.Min(maxCount, HttpScoreList.LargestPage)}");
        var page = await GetAsync<HttpScoreList>(path, cancellationToken);
        return new ScorePage
        {
            Scores = ScoreBlock.From([.. page.Scores.Select(score => score.ToScore())]),
            NextOffset = page.Scores.Length == 0 ? from : page.Scores[^1].Offset + 1,
            FirstOffset = page.FirstOffset,
        };
    }

    public async IAsyncEnumerable<ScorePage> WatchScoresAsync(
        PartitionId partition, long fromOffset, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var live = new LiveReader(_http, partition, Math.Max(0, fromOffset), _timeout);
        while (true)
        {
            foreach (var batch in (await live.NextAsync(cancellationToken)).Batches) yield return batch.ToPage();
        }
    }

    public async Task<long> GetWatermarkAsync(PartitionId partition, string producer, CancellationToken cancellationToken)
    {
        var path = $"{Path(partition, "watermark")}&producer={Uri.EscapeDataString(producer)}";
        return (await GetAsync<HttpWatermark>(path, cancellationToken)).Sequence;
    }

    public async Task<PartitionStatus> GetStatusAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var partitions = (await GetAsync<HttpStream>(StreamPath(partition.Stream), cancellationToken)).Partitions;
        return partition.Partition < partitions.Length ? partitions[partition.Partition] : throw new DagmmStreamException(
            ErrorCode.StreamNotFound, $"stream \"{partition.Stream}\" has no partition {partition.Partition}, it has {partitions.Length}");
    }

    public async Task<ModelDescription> GetModelAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        var model = await GetAsync<ModelDescription>(Path(partition, "model"), cancellationToken);

        // No score reaches the threshold of a model that does not exist yet; JSON has no infinity.
        return double.IsNaN(model.Threshold) ? model with { Threshold = double.PositiveInfinity } : model;
    }

    public Task<ImmutableArray<DriftNotice>> GetDriftsAsync(PartitionId partition, CancellationToken cancellationToken) =>
        GetAsync<ImmutableArray<DriftNotice>>(Path(partition, "drifts"), cancellationToken);

    public async Task<PartitionStatus> CheckpointAsync(PartitionId partition, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(HttpMethod.Post, Path(partition, "checkpoint"), null, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return await ReadAsync<PartitionStatus>(reply, cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private static SocketsHttpHandler NewHandler(DagmmStreamClientOptions options) => new()
    {
        ConnectTimeout = options.ConnectTimeout,
        // So that a changed address of the service's name is noticed.
        PooledConnectionLifetime = ConnectionLifetime,
        AutomaticDecompression = DecompressionMethods.All,
    };

    private static string StreamPath(string stream) => $"streams/{Uri.EscapeDataString(stream)}";

    private static string Path(PartitionId partition, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{StreamPath(partition.Stream)}/{what}?partition={partition.Partition}");

    private static PushReply Accepted(EventBatch batch, HttpPushReply reply)
    {
        // A service whose replies have no room for all scores leaves some out: they are told as those of old duplicates are.
        var scores = new EventScore[batch.Count];
        for (var i = 0; i < scores.Length; i++)
        {
            var (time, sequence) = (EventTimes.Read(batch, i), batch.FirstSequence + i);
            scores[i] = new EventScore(-1, time, sequence, double.NaN, double.NaN, 1, Verdict.WarmingUp, 0);
        }

        foreach (var score in reply.Scores) scores[score.Sequence - batch.FirstSequence] = score.ToScore();
        return new PushReply
        {
            Outcome = PushOutcome.Accepted,
            Scores = ScoreBlock.From(scores),
            Duplicates = reply.Duplicates,
            ExpectedSequence = batch.FirstSequence + batch.Count,
        };
    }

    private async Task<T> ProbeAsync<T>(
        string what, PartitionId partition, StreamDefinition definition, ProbeEvent probe, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(EventLines.Write(definition, probe));
        content.Headers.ContentType = Json;
        using var reply = await SendAsync(HttpMethod.Post, Path(partition, what), content, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return await ReadAsync<T>(reply, cancellationToken);
    }

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken)
    {
        using var reply = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        await ThrowIfFailedAsync(reply, cancellationToken);
        return await ReadAsync<T>(reply, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(_timeout);
        try
        {
            return await _http.SendAsync(request, timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {_timeout}");
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage reply, CancellationToken cancellationToken) =>
        await reply.Content.ReadFromJsonAsync<T>(WireJson.Options, cancellationToken)
        ?? throw new DagmmStreamException(ErrorCode.Unknown, "the service answered with an empty body: check that the address is its own");

    private static async Task ThrowIfFailedAsync(HttpResponseMessage reply, CancellationToken cancellationToken)
    {
        if (reply.IsSuccessStatusCode) return;
        throw HttpFailure.Of(reply, await HttpFailure.ReadAsync(reply, cancellationToken));
    }
}
