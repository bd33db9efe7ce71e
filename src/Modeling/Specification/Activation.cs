namespace DagmmStream.Modeling.Specification;

/// <summary>The nonlinearity after every layer of the encoder and the decoder but the last of each.</summary>
public enum Activation
{
    /// <summary>Hyperbolic tangent (Zong et al. 2018, section 4.3).</summary>
    Tanh = 0,

    /// <summary>x for x ≥ 0, 0.1 x otherwise.</summary>
    LeakyRelu = 1,
}
