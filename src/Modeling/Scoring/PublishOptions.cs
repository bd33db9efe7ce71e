using DagmmStream.Modeling.Statistics;

namespace DagmmStream.Modeling.Scoring;

/// <summary>How a snapshot is published from a window.</summary>
public sealed record PublishOptions
{
    /// <summary>Rounds of expectation and maximisation after the estimation network's memberships.</summary>
    /// <value>Default 3.</value>
    public int EmRounds { get; init; } = 3;

    /// <summary>Share of rows with the highest energies left out of the mixture in every round, in [0, 1).</summary>
    /// <value>Default 0.02.</value>
    public double TrimShare { get; init; } = 0.02;

    /// <summary>
    /// Let surplus components die: those without which the Bayesian information criterion of the window is lower get the share 0.
    /// </summary>
    /// <value>Default false: it serves the picture of the clusters; scores gain on some streams and lose on others, and a publish takes
    /// several times as long.</value>
    public bool ChooseComponents { get; init; }

    /// <summary>Quantile of the calibrated scores above which events are not learned; 1 for no guard.</summary>
    /// <value>Default 0.9: anomalies up to a tenth of the events stay out, at the price of the tail of what is normal.</value>
    public double GuardQuantile { get; init; } = 0.9;

    /// <summary>Weight of the anchor's live score, in [0, 1]; read when there is an anchor.</summary>
    /// <value>Default 0.3: enough to hold on to what a long fault would make forget; an outdated anchor loses it.</value>
    public double AnchorWeight { get; init; } = 0.3;

    /// <summary>
    /// Weight in the live score of the mean absolute z-score under the statistics of all events, in [0, 1]; read where a history is given.
    /// </summary>
    /// <value>Default 0.25: a fifth vote beside four members.</value>
    public double HistoryWeight { get; init; } = 0.25;

    /// <summary>How member energies become one score.</summary>
    /// <value>Default <see cref="Scoring.ScoreKind.LogStandardized"/>.</value>
    public ScoreKind ScoreKind { get; init; } = ScoreKind.LogStandardized;

    /// <summary>How features are scaled.</summary>
    /// <value>Default <see cref="Statistics.ScalerKind.Standardize"/>.</value>
    public ScalerKind ScalerKind { get; init; } = ScalerKind.Standardize;

    /// <summary>The Stream preset (docs/model.md).</summary>
    public static PublishOptions Stream { get; } = new();

    /// <summary>The Lite preset: as Stream, without an anchor.</summary>
    public static PublishOptions Lite { get; } = new() { AnchorWeight = 0 };

    /// <summary>The Paper preset: the estimation network's own mixture of all rows, energies as scores, min-max scaling.</summary>
    public static PublishOptions Paper { get; } = new()
    {
        EmRounds = 0, TrimShare = 0, GuardQuantile = 1, AnchorWeight = 0, HistoryWeight = 0,
        ScoreKind = ScoreKind.Energy, ScalerKind = ScalerKind.MinMax,
    };

    /// <summary>Throws when a value is out of range, naming it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(EmRounds);
        if (!(TrimShare >= 0 && TrimShare < 1)) throw new ArgumentOutOfRangeException(nameof(TrimShare), TrimShare, "must be in [0, 1)");
        if (!(GuardQuantile > 0 && GuardQuantile <= 1))
            throw new ArgumentOutOfRangeException(nameof(GuardQuantile), GuardQuantile, "must be in (0, 1]");
        if (!(AnchorWeight >= 0 && AnchorWeight <= 1))
            throw new ArgumentOutOfRangeException(nameof(AnchorWeight), AnchorWeight, "must be in [0, 1]");
        if (!(HistoryWeight >= 0 && HistoryWeight <= 1))
            throw new ArgumentOutOfRangeException(nameof(HistoryWeight), HistoryWeight, "must be in [0, 1]");
    }
}
