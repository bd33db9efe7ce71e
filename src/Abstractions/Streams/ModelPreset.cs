namespace DagmmStream;

/// <summary>Which model a stream has (docs/model.md).</summary>
public enum ModelPreset
{
    /// <summary>Four members of different kind, log features, MAP covariance: the default.</summary>
    Stream = 0,

    /// <summary>One member of the Stream preset, smaller window: for very many or very fast streams.</summary>
    Lite = 1,

    /// <summary>DAGMM as published (Zong et al. 2018), learned without a guard.</summary>
    Paper = 2,
}
