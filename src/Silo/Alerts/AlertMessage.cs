using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using DagmmStream.Client.Http;
using DagmmStream.Silo.Api;
using DagmmStream.Storage.Alerts;

namespace DagmmStream.Silo.Alerts;

/// <summary>A message as it travels: a CloudEvent 1.0 in structured mode. Every attempt sends the same bytes under the same id.</summary>
/// <param name="Id">Id of the event: receivers know by it what they have already.</param>
/// <param name="ContentType">Media type of the body.</param>
/// <param name="Body">The event.</param>
internal sealed record AlertMessage(string Id, string ContentType, ReadOnlyMemory<byte> Body)
{
    private static readonly JsonEventFormatter Formatter = new(WireJson.Options, default);

    public static AlertMessage Of(AlertDelivery delivery, string address)
    {
        var word = ApiWord.Of(delivery.Transition);
        var cloudEvent = new CloudEvent(CloudEventsSpecVersion.V1_0)
        {
            Id = $"{delivery.Episode.Id}-{word}",
            Source = new Uri($"/streams/{delivery.Episode.Stream}", UriKind.Relative),
            Type = $"dagmm.alert.{word}",
            Subject = delivery.Episode.Id,
            Time = delivery.CreatedAt,
            DataContentType = "application/json",
            Data = AlertView.Of(delivery.Episode, address),
        };
        var body = Formatter.EncodeStructuredModeMessage(cloudEvent, out var contentType);
        return new AlertMessage(cloudEvent.Id, contentType.ToString(), body);
    }
}
