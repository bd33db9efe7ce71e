namespace DagmmStream.Modeling.Specification;

/// <summary>The two reconstruction features z_r that stand beside the latent code in z = [z_c, z_r].</summary>
public enum ReconstructionFeatures
{
    /// <summary>
    /// Relative Euclidean distance ||x-x'|| / max(||x||, eps_norm) and cosine similarity with both norms clamped at eps_norm
    /// (Zong et al. 2018, section 3.2).
    /// </summary>
    Paper = 0,

    /// <summary>
    /// log(r/sqrt(d) + 1e-3) with r = sqrt(||x-x'||² + 1e-8), and log(1 - min(cos, 1) + 1e-3) with
    /// cos = &lt;x,x'&gt; / sqrt((||x||²+e0)(||x'||²+e0)), e0 = 0.01 d + 1e-8 (docs/model.md, Stream preset).
    /// </summary>
    Log = 1,
}
