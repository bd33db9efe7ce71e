namespace DagmmStream;

/// <summary>What the values of a feature are.</summary>
public enum FeatureKind
{
    /// <summary>A number.</summary>
    Numeric = 0,

    /// <summary>A name: one column per known category, further names share columns by a hash.</summary>
    Categorical = 1,

    /// <summary>0 or 1.</summary>
    Boolean = 2,

    /// <summary>A value on a circle of length <see cref="FeatureType.Period"/>, such as an angle: its sine and cosine.</summary>
    Cyclic = 3,

    /// <summary>A counter that only grows, and begins at 0 again when its source restarts: its rate per second.</summary>
    Counter = 4,
}
