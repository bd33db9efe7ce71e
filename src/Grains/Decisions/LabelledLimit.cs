namespace DagmmStream.Grains.Decisions;

/// <summary>
/// Moves an alarm rate to where it agrees with most labels: fewest errors over the labels, a move itself counting as one, so that a single
/// label moves nothing; at equal errors the limit nearest to the stream's own; never further than a factor of <see cref="Bound"/>.
/// </summary>
internal static class LabelledLimit
{
    /// <summary>Largest factor between the limit with and without labels.</summary>
    public const double Bound = 4;

    // Just below a p-value: the event itself is then no longer anomalous.
    private const double Below = 1 - 1e-9;

    /// <summary>The limit that the labels ask for.</summary>
    /// <param name="limit">The stream's own limit.</param>
    /// <param name="labels">p-values and labels.</param>
    public static double Of(double limit, IReadOnlyList<LabelledEvent> labels)
    {
        var (best, fewest) = (limit, Errors(limit, labels));
        foreach (var label in labels)
        {
            var candidate = label.Label == FeedbackLabel.Anomaly ? label.PValue : label.PValue * Below;
            if (!(candidate >= limit / Bound && candidate <= limit * Bound)) continue;
            var errors = Errors(candidate, labels) + 1;
            var isNearer = best != limit && Distance(candidate, limit) < Distance(best, limit);
            if (errors < fewest || (errors == fewest && isNearer)) (best, fewest) = (candidate, errors);
        }

        return best;
    }

    private static int Errors(double limit, IReadOnlyList<LabelledEvent> labels) =>
        labels.Count(label => (label.PValue <= limit) != (label.Label == FeedbackLabel.Anomaly));

    private static double Distance(double left, double right) => Math.Abs(Math.Log(left / right));
}
