using System.Collections.Immutable;

namespace DagmmStream.Silo.Alerts;

/// <summary>A stream's alert policy as the API shows it: without secrets.</summary>
/// <param name="MinEvents">Anomalous events that make an episode an alert.</param>
/// <param name="MinDuration">Event time that an episode must last to be one.</param>
/// <param name="HoldPValue">p-value at or below which events belong to an episode that goes on.</param>
/// <param name="CloseAfterEvents">Calm events in a row that end an episode.</param>
/// <param name="CloseAfter">Event time since its newest event that must have passed too.</param>
/// <param name="Silence">Time without events that is an alert; zero for never.</param>
/// <param name="SuppressedUntil">Alerts that begin before are suppressed.</param>
/// <param name="Attributes">What is in every alert of the stream.</param>
/// <param name="Webhooks">Who is told.</param>
public sealed record AlertPolicyView(
    int MinEvents, TimeSpan MinDuration, double HoldPValue, int CloseAfterEvents, TimeSpan CloseAfter, TimeSpan Silence,
    DateTimeOffset? SuppressedUntil, ImmutableSortedDictionary<string, string> Attributes, ImmutableArray<WebhookView> Webhooks)
{
    internal static AlertPolicyView Of(AlertPolicy policy) => new(
        policy.MinEvents, policy.MinDuration, policy.HoldPValue, policy.CloseAfterEvents, policy.CloseAfter, policy.Silence,
        policy.SuppressedUntil, policy.Attributes,
        [.. policy.Webhooks.Select(webhook => new WebhookView(webhook.Name, webhook.Url, webhook.Secret is not null))]);
}
