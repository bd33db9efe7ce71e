namespace DagmmStream.Modeling.Specification;

/// <summary>The map applied to every scaled feature u before it enters a member's network.</summary>
public enum InputMap
{
    /// <summary>u itself (Paper preset).</summary>
    None = 0,

    /// <summary>clip(u, -10, 10): an extreme feature cannot drown the others.</summary>
    Clip = 1,

    /// <summary>asinh(clip(u, -1e6, 1e6)): a heavy tail is kept, in logarithms.</summary>
    Asinh = 2,
}
