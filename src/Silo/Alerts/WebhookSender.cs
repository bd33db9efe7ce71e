using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace DagmmStream.Silo.Alerts;

/// <summary>Sends one message to one receiver: signed, bounded in time, tried again at once when what failed may pass.</summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan QuickDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ConnectionLifetime = TimeSpan.FromMinutes(2);
    private readonly HttpClient _http;
    private readonly WebhookGuard _guard;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<HttpResponseMessage> _attempts;

    public WebhookSender(WebhookGuard guard, IOptions<AlertOptions> options, TimeProvider time)
    {
        (_guard, _time) = (guard, time);
        // No redirect and no proxy: both would lead around the guard.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = guard.ConnectAsync,
            PooledConnectionLifetime = ConnectionLifetime,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("DagmmStream", "1"));
        var pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (options.Value.QuickRetries > 0)
            pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.Value.QuickRetries,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = QuickDelay,
                ShouldHandle = new PredicateBuilder<HttpResponseMessage>().Handle<HttpRequestException>().Handle<TimeoutRejectedException>()
                    .HandleResult(reply => MayPass(reply.StatusCode)),
            });
        _attempts = pipeline.AddTimeout(options.Value.AttemptTimeout).Build();
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a message; what goes wrong is in the result.</summary>
    public async Task<AttemptResult> SendAsync(AlertMessage message, AlertWebhook webhook, CancellationToken cancellationToken)
    {
        var address = new Uri(webhook.Url);
        if (_guard.Refusal(address) is { } refusal) return new AttemptResult(refusal, IsFinal: true);
        try
        {
            using var reply = await _attempts.ExecuteAsync(
                async token =>
                {
                    using var request = Request(message, webhook, address);
                    return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                },
                cancellationToken);
            if (reply.IsSuccessStatusCode) return AttemptResult.Delivered;
            return new AttemptResult($"the receiver answered {(int)reply.StatusCode}", !MayPass(reply.StatusCode));
        }
        catch (Exception exception) when (exception is HttpRequestException or TimeoutRejectedException)
        {
            return new AttemptResult(exception.Message);
        }
    }

    private static bool MayPass(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status is 425 or >= 500;

    private HttpRequestMessage Request(AlertMessage message, AlertWebhook webhook, Uri address)
    {
        var content = new ReadOnlyMemoryContent(message.Body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(message.ContentType);
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
        var seconds = _time.GetUtcNow().ToUnixTimeSeconds();
        request.Headers.Add(WebhookSignature.IdHeader, message.Id);
        request.Headers.Add(WebhookSignature.TimeHeader, seconds.ToString(CultureInfo.InvariantCulture));
        if (webhook.SecretBytes() is { } secret)
            request.Headers.Add(WebhookSignature.Header, WebhookSignature.Of(secret, message.Id, seconds, message.Body.Span));
        return request;
    }
}
