using DagmmStream.Modeling.Specification;

namespace DagmmStream.Bench.Kernels;

/// <summary>The models that are measured.</summary>
public enum Network
{
    /// <summary>Lite preset, 9 features.</summary>
    Lite9,

    /// <summary>Stream preset, 9 features: four members.</summary>
    Stream9,

    /// <summary>Stream preset, 38 features.</summary>
    Stream38,

    /// <summary>Paper preset, 6-12-4-1, two components.</summary>
    Small,

    /// <summary>Paper preset, the paper's network for KDD: 118-60-30-10-1, four components.</summary>
    Kdd,
}

/// <summary>What a name stands for.</summary>
internal static class Networks
{
    public static ModelSpec Spec(this Network network) => network switch
    {
        Network.Lite9 => ModelSpec.Lite(9),
        Network.Stream9 => ModelSpec.Stream(9),
        Network.Stream38 => ModelSpec.Stream(38),
        Network.Small => ModelSpec.Paper(6, [12, 4], 1, 2),
        _ => ModelSpec.Paper(118, [60, 30, 10], 1, 4),
    };
}
