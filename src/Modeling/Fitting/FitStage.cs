namespace DagmmStream.Modeling.Fitting;

/// <summary>Stages of an offline fit.</summary>
public enum FitStage
{
    /// <summary>Scaler and principal axes.</summary>
    Preparing = 0,

    /// <summary>Members, or epochs.</summary>
    Training = 1,

    /// <summary>Frozen, calibrated and diagnosed.</summary>
    Done = 2,
}
