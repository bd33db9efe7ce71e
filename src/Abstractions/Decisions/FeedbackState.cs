using System.Collections.Immutable;

namespace DagmmStream;

/// <summary>The labels of a partition and what they changed (docs/model.md, "From p-value to verdict").</summary>
[GenerateSerializer]
[Immutable]
[Alias("dagmm.feedback-state")]
public sealed record FeedbackState
{
    /// <summary>Most labels that a partition keeps; a further one replaces the one that was given first.</summary>
    public const int MaxLabels = 64;

    /// <summary>The labels, in the order in which they were given.</summary>
    [Id(0)]
    public required ImmutableArray<EventLabel> Labels { get; init; }

    /// <summary>The p-value at or below which events are anomalous now; NaN for a policy that reads no p-value.</summary>
    [Id(1)]
    public required double Limit { get; init; }

    /// <summary>That limit without labels.</summary>
    [Id(2)]
    public required double BaseLimit { get; init; }

    /// <summary>Verdicts that a rule or a label made normal, since activation.</summary>
    [Id(3)]
    public required long Suppressed { get; init; }

    /// <summary>Verdicts that a label made anomalous, since activation.</summary>
    [Id(4)]
    public required long Raised { get; init; }
}
