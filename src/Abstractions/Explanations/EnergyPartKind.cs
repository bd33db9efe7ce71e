namespace DagmmStream;

/// <summary>Where a part of an energy comes from.</summary>
public enum EnergyPartKind
{
    /// <summary>The density of the latent code: an unusual combination of features.</summary>
    Latent = 0,

    /// <summary>The distance between event and reconstruction, given the latent code: values that the model cannot reproduce.</summary>
    ReconstructionDistance = 1,

    /// <summary>The angle between event and reconstruction, given the other two: features in unusual proportion.</summary>
    ReconstructionAngle = 2,

    /// <summary>A further reconstruction feature, given those before it.</summary>
    ReconstructionOther = 3,
}
