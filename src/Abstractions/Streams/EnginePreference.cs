namespace DagmmStream;

/// <summary>Which training engine a stream uses.</summary>
public enum EnginePreference
{
    /// <summary>The fastest engine that supports the model.</summary>
    Auto = 0,

    /// <summary>TorchSharp's autograd.</summary>
    Torch = 1,

    /// <summary>Managed analytic gradients.</summary>
    Simd = 2,
}
