namespace DagmmStream.Modeling.Checkpoints;

/// <summary>Why bytes are no readable checkpoint.</summary>
public enum CheckpointFailure
{
    /// <summary>The bytes do not begin with the magic: not a checkpoint.</summary>
    WrongMagic = 0,

    /// <summary>Written by a newer version of the program.</summary>
    NewerVersion = 1,

    /// <summary>Shorter than the header says.</summary>
    Truncated = 2,

    /// <summary>The checksum does not fit: some byte changed.</summary>
    Damaged = 3,

    /// <summary>The checksum fits but a value is impossible.</summary>
    Malformed = 4,
}
