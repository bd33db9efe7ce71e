using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>
/// When the anomalous events of a stream are an alert, and who is told. It never changes a score or a verdict. Immutable.
/// </summary>
public sealed record AlertPolicy
{
    /// <summary>Most webhooks of a stream.</summary>
    public const int MaxWebhooks = 16;

    /// <summary>Most attributes of a stream's alerts.</summary>
    public const int MaxAttributes = 32;

    /// <summary>Longest name or value of an attribute, in characters.</summary>
    public const int MaxAttributeLength = 1024;

    /// <summary>The policy of a stream that was given none: every anomalous event begins an alert or belongs to one.</summary>
    public static AlertPolicy Default { get; } = new();

    /// <summary>Anomalous events that make an episode an alert.</summary>
    /// <value>Default 1. With many events a second, 3 keeps lone false alarms away.</value>
    public int MinEvents { get; init; } = 1;

    /// <summary>Event time that an episode must last to be an alert.</summary>
    /// <value>Default zero.</value>
    public TimeSpan MinDuration { get; init; }

    /// <summary>While an episode goes on, events whose p-value is at or below this belong to it, although they are not anomalous:
    /// the lower of two limits, against flapping.</summary>
    /// <value>Default 0.01. From 0 to 0.5.</value>
    public double HoldPValue { get; init; } = 0.01;

    /// <summary>Calm events in a row that end an episode.</summary>
    /// <value>Default 16. At least 1.</value>
    public int CloseAfterEvents { get; init; } = 16;

    /// <summary>Event time since the newest event of an episode that must have passed too before it ends.</summary>
    /// <value>Default zero.</value>
    public TimeSpan CloseAfter { get; init; }

    /// <summary>A stream without an event for so long, by the service's clock, is an alert of its own.</summary>
    /// <value>Default zero: never.</value>
    public TimeSpan Silence { get; init; }

    /// <summary>Alerts that begin before this time, by the service's clock, are suppressed: kept and shown, but nobody is told.</summary>
    /// <value>Default none.</value>
    public DateTimeOffset? SuppressedUntil { get; init; }

    /// <summary>What the caller wants to find in every alert of the stream: a team, a runbook, a severity.</summary>
    /// <value>Default none.</value>
    public ImmutableSortedDictionary<string, string> Attributes { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Who is told.</summary>
    /// <value>Default nobody.</value>
    public ImmutableArray<AlertWebhook> Webhooks { get; init; } = [];

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="DagmmStreamException"><see cref="ErrorCode.InvalidDefinition"/>.</exception>
    public void Validate()
    {
        if (MinEvents < 1) throw Invalid($"MinEvents = {MinEvents}: use at least 1");
        if (MinDuration < TimeSpan.Zero) throw Invalid($"MinDuration = {MinDuration}: use zero or a positive time");
        if (!(HoldPValue >= 0 && HoldPValue <= 0.5)) throw Invalid($"HoldPValue = {HoldPValue}: use a p-value from 0 to 0.5");
        if (CloseAfterEvents < 1) throw Invalid($"CloseAfterEvents = {CloseAfterEvents}: use at least 1");
        if (CloseAfter < TimeSpan.Zero) throw Invalid($"CloseAfter = {CloseAfter}: use zero or a positive time");
        if (Silence != TimeSpan.Zero && Silence < TimeSpan.FromSeconds(1))
            throw Invalid($"Silence = {Silence}: use at least 1 s, or zero for never");
        if (Attributes is null || Webhooks.IsDefault) throw Invalid("Attributes or Webhooks is null: leave it out for none");
        if (Attributes.Count > MaxAttributes) throw Invalid($"{Attributes.Count} attributes: use at most {MaxAttributes}");
        foreach (var (name, value) in Attributes)
        {
            if (string.IsNullOrWhiteSpace(name) || value is null || name.Length > MaxAttributeLength || value.Length > MaxAttributeLength)
                throw Invalid($"attribute \"{name}\": use a name and a value of at most {MaxAttributeLength} characters");
        }

        if (Webhooks.Length > MaxWebhooks) throw Invalid($"{Webhooks.Length} webhooks: use at most {MaxWebhooks}");
        foreach (var webhook in Webhooks) webhook.Validate();
        if (Webhooks.GroupBy(webhook => webhook.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw Invalid($"webhook \"{twice.Key}\" is named {twice.Count()} times");
    }

    private static DagmmStreamException Invalid(string message) => new(ErrorCode.InvalidDefinition, message);
}
