namespace DagmmStream.Silo.Alerts;

/// <summary>Who is told about alerts.</summary>
/// <param name="Name">Name, unique in the policy.</param>
/// <param name="Url">Where to.</param>
/// <param name="HasSecret">True when messages are signed; the secret itself is never shown.</param>
public sealed record WebhookView(string Name, string Url, bool HasSecret);
