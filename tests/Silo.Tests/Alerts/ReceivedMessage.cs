using System.Text.Json;

namespace DagmmStream.Silo.Tests.Alerts;

/// <summary>What a receiver of webhooks got.</summary>
internal sealed record ReceivedMessage(string ContentType, string Id, string Time, string Signature, byte[] Body)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;
}
