namespace DagmmStream.Modeling.Specification;

/// <summary>How the squared reconstruction error of one row enters the objective.</summary>
public enum ReconstructionLoss
{
    /// <summary>Summed over the features (Zong et al. 2018, equation 7).</summary>
    Sum = 0,

    /// <summary>Mean over the features (Stream preset): the weight of the energy does not depend on the number of features.</summary>
    Mean = 1,
}
