namespace DagmmStream.Modeling.Training;

/// <summary>Precision of the networks; mixture algebra is in double in both.</summary>
public enum Precision
{
    /// <summary>32 bits, as in training.</summary>
    Single = 0,

    /// <summary>64 bits, for checks.</summary>
    Double = 1,
}
