using System.Collections.Immutable;

namespace DagmmStream.Silo.Scores;

/// <summary>A page of scores of one partition, by offset.</summary>
/// <param name="Scores">The scores.</param>
/// <param name="FirstOffset">First offset that is still kept; earlier scores have left the history.</param>
/// <param name="Next">Where the next page is; null when there is none now.</param>
public sealed record ScoreList(ImmutableArray<ScoreView> Scores, long FirstOffset, string? Next);
