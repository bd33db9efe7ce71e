using DagmmStream.Grains.Inputs;
using DagmmStream.Modeling.Explanation;
using DagmmStream.Modeling.Scoring;

namespace DagmmStream.Grains.Decisions;

/// <summary>
/// From score to verdict: the stream's policy, then its rules, then the labels of near events. Reads scores, never changes them. Used on
/// the grain's turn only.
/// </summary>
internal sealed class PartitionDecision
{
    private readonly EventExplainer _explainer = new();
    private readonly Feedback _feedback = new();
    private DecisionPolicy _policy = DecisionPolicy.Default;
    private double _baseLimit;
    private (int Column, FeatureRule Rule)[] _rules = [];

    public PartitionDecision(StreamDefinition definition, InputColumns columns) => Use(definition, columns);

    /// <summary>The limit in force: a p-value, share or energy, by the policy's kind.</summary>
    public double Limit { get; private set; }

    /// <summary>Verdicts made normal since activation.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Verdicts made anomalous since activation.</summary>
    public long Raised { get; private set; }

    /// <summary>The labels, in the order in which they were given.</summary>
    public IReadOnlyList<LabelledEvent> Labels => _feedback.Labels;

    private bool ReadsPValue => _policy.Kind is DecisionKind.AlarmRate or DecisionKind.PValue;

    /// <summary>Decides on one event.</summary>
    /// <param name="snapshot">The snapshot that scored.</param>
    /// <param name="score">The score.</param>
    /// <param name="pValue">Its p-value.</param>
    /// <param name="row">The model's input [d].</param>
    /// <param name="flags">Flags of the event; a back-filled one is never anomalous.</param>
    /// <param name="isCounted">False for a probe.</param>
    public (Verdict Verdict, EventFlags Flags) Decide(
        ModelSnapshot snapshot, in EnergyScore score, double pValue, ReadOnlySpan<float> row, EventFlags flags, bool isCounted)
    {
        var isAnomalous = Exceeds(snapshot, score, pValue);
        var verdict = isAnomalous;
        if (isAnomalous && IsExcused(snapshot, row)) verdict = false;
        if (_feedback.Nearest(snapshot, row) is { } label) verdict = label == FeedbackLabel.Anomaly;
        if ((flags & EventFlags.BackFilled) != 0) verdict = false;
        if (isAnomalous && !verdict)
        {
            flags |= EventFlags.Suppressed;
            if (isCounted) Suppressed++;
        }
        else if (!isAnomalous && verdict)
        {
            flags |= EventFlags.Raised;
            if (isCounted) Raised++;
        }

        return (verdict ? Verdict.Anomalous : Verdict.Normal, flags);
    }

    /// <summary>The score at or above which an event is anomalous under a snapshot; the energy for a policy of energies.</summary>
    public double Threshold(ModelSnapshot snapshot)
    {
        if (ReadsPValue) return snapshot.Calibration.Threshold(Limit);
        return _policy.Kind == DecisionKind.Energy ? Limit : snapshot.Calibration.TopShareThreshold(Limit);
    }

    /// <summary>The labels with one more, one changed or one less, to be stored first.</summary>
    public List<LabelledEvent> With(LabelledEvent labelled, bool isRemoved) => _feedback.With(labelled, isRemoved);

    /// <summary>Decides by these labels from now on.</summary>
    public void Use(List<LabelledEvent> labels)
    {
        _feedback.Replace(labels);
        Limit = _policy.Kind == DecisionKind.AlarmRate ? LabelledLimit.Of(_baseLimit, labels) : _baseLimit;
    }

    /// <summary>Decides by this policy, and by the labels there are, from now on.</summary>
    public void Use(StreamDefinition definition, InputColumns columns)
    {
        _policy = definition.Decision;
        _baseLimit = _policy.Kind == DecisionKind.AlarmRate ? definition.AlarmRate : _policy.Limit;
        _rules = [.. _policy.Rules.Select(rule => (columns.Values.First(feature => feature.Name == rule.Feature).Start, rule))];
        Use([.. Labels]);
    }

    /// <summary>What the labels changed.</summary>
    public FeedbackState State() => new()
    {
        Labels = [.. Labels.Select(label => new EventLabel(label.Offset, label.Time, label.Label, label.PValue))],
        Limit = ReadsPValue ? Limit : double.NaN,
        BaseLimit = ReadsPValue ? _baseLimit : double.NaN,
        Suppressed = Suppressed,
        Raised = Raised,
    };

    private bool Exceeds(ModelSnapshot snapshot, in EnergyScore score, double pValue) => _policy.Kind switch
    {
        DecisionKind.Energy => score.Energy >= Limit,
        DecisionKind.TopShare => score.Score >= Threshold(snapshot),
        _ => pValue <= Limit,
    };

    private bool IsExcused(ModelSnapshot snapshot, ReadOnlySpan<float> row)
    {
        if (_rules.Length == 0) return false;
        ModelExplanation? explanation = null;
        foreach (var (column, rule) in _rules)
        {
            double value = row[column];
            if (rule.Kind == FeatureRuleKind.IgnoreWithin)
            {
                if (value >= rule.Low && value <= rule.High) return true;
                continue;
            }

            explanation ??= _explainer.Explain(snapshot, row);
            var residual = value - explanation.Expected[column];
            if (rule.Kind == FeatureRuleKind.OnlyAbove ? residual <= 0 : residual >= 0) return true;
        }

        return false;
    }
}
