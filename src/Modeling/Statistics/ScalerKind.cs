namespace DagmmStream.Modeling.Statistics;

/// <summary>How features are scaled.</summary>
public enum ScalerKind
{
    /// <summary>(x - mean) / population standard deviation (Stream preset).</summary>
    Standardize = 0,

    /// <summary>(x - min) / (max - min) (Zong et al. 2018, section 4).</summary>
    MinMax = 1,
}
