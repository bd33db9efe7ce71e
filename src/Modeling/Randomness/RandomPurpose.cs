namespace DagmmStream.Modeling.Randomness;

/// <summary>
/// What random numbers are for: two purposes never share numbers, whatever the index. Values are part of the checkpoint contract.
/// </summary>
public enum RandomPurpose
{
    /// <summary>Initial weights; index = member.</summary>
    Weights = 0,

    /// <summary>Dropout masks; index = training step.</summary>
    Dropout = 1,

    /// <summary>Rows of random minibatches; index = training step.</summary>
    Batch = 2,

    /// <summary>Places in a reservoir; index = number of the row.</summary>
    Reservoir = 3,

    /// <summary>Rows replayed from a window; index = training step.</summary>
    Replay = 4,

    /// <summary>Samples for estimates and displays.</summary>
    Sampling = 5,

    /// <summary>Events left out of learning under load; index = offset.</summary>
    Skip = 6,
}
