namespace DagmmStream.Grains.Alerts;

/// <summary>An episode as it is now, and what changed.</summary>
internal readonly record struct EpisodeChange(AlertEpisode Episode, AlertTransition Transition);
