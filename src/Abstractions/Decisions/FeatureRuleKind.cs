namespace DagmmStream;

/// <summary>When a feature's value excuses an anomaly.</summary>
public enum FeatureRuleKind
{
    /// <summary>The value is within a range: nothing is wrong while this feature is there.</summary>
    IgnoreWithin = 0,

    /// <summary>The value is not above what was expected: only too much is a fault.</summary>
    OnlyAbove = 1,

    /// <summary>The value is not below what was expected: only too little is a fault.</summary>
    OnlyBelow = 2,
}
