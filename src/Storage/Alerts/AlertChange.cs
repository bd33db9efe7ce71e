using System.Collections.Immutable;

namespace DagmmStream.Storage.Alerts;

/// <summary>What is to be written about an episode, in the transaction of the scores that changed it.</summary>
/// <param name="Episode">The episode as it is now.</param>
/// <param name="Transition">What changed.</param>
/// <param name="At">When, by the service's clock.</param>
/// <param name="IsSuppressed">True to suppress an episode that begins or becomes an alert; of one that is an alert it changes
/// nothing.</param>
/// <param name="Targets">Webhooks that are told, by name.</param>
public sealed record AlertChange(
    AlertEpisode Episode, AlertTransition Transition, DateTimeOffset At, bool IsSuppressed, ImmutableArray<string> Targets);
