using System.Net;

namespace DagmmStream.Silo.Tests.Sdk;

/// <summary>Loses requests and replies, and answers for a service that is full or away, as a list of numbers says.</summary>
internal sealed class FaultyNetwork(byte[] faults) : DelegatingHandler(new SocketsHttpHandler())
{
    private int _next;

    public bool IsFaulty { get; set; }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var at = IsFaulty ? Interlocked.Increment(ref _next) - 1 : int.MaxValue;
        switch (at < faults.Length ? faults[at] % 5 : 0)
        {
            case 1:
                throw new HttpRequestException("lost on the way there");
            case 2:
                using (await base.SendAsync(request, cancellationToken))
                    throw new HttpRequestException("lost on the way back");
            case 3:
                return new HttpResponseMessage(HttpStatusCode.TooManyRequests) { Headers = { { "Retry-After", "0" } } };
            case 4:
                return new HttpResponseMessage(HttpStatusCode.BadGateway);
            default:
                return await base.SendAsync(request, cancellationToken);
        }
    }
}
