namespace DagmmStream;

/// <summary>Stable codes of <see cref="DagmmStreamException"/>.</summary>
public enum ErrorCode
{
    /// <summary>Not classified; see the message.</summary>
    Unknown = 0,

    /// <summary>No stream has this name.</summary>
    StreamNotFound = 1,

    /// <summary>A stream of this name exists with another schema or other settings.</summary>
    StreamConflict = 2,

    /// <summary>A stream definition is out of range; the message names the value.</summary>
    InvalidDefinition = 3,

    /// <summary>An event has the wrong number of features, or a feature that is NaN or infinite.</summary>
    InvalidEvent = 4,

    /// <summary>A batch is empty, over the limit, or its byte lengths do not match its row count.</summary>
    InvalidBatch = 5,

    /// <summary>A producer's sequence number is negative or leaves a gap.</summary>
    InvalidSequence = 6,

    /// <summary>The service is full or draining; try again after the stated time.</summary>
    Overloaded = 7,

    /// <summary>The store could not be reached, is locked, or refused a write; try again.</summary>
    StoreUnavailable = 8,

    /// <summary>The store was written by a newer version of the service.</summary>
    StoreVersion = 9,

    /// <summary>A stored checkpoint or journal row fails its checksum.</summary>
    StoreDamaged = 10,

    /// <summary>Another activation of the partition took over.</summary>
    Fenced = 11,

    /// <summary>The native library of a training engine cannot be loaded.</summary>
    EngineUnavailable = 12,

    /// <summary>The delivery timeout passed before the service acknowledged.</summary>
    DeliveryTimeout = 13,

    /// <summary>The service cannot be reached.</summary>
    ServiceUnavailable = 14,

    /// <summary>What was asked for is not, or no longer, kept: the features of an event, or a snapshot.</summary>
    NotKept = 15,

    /// <summary>The API key is missing, unknown, or does not allow this.</summary>
    AccessDenied = 16,

    /// <summary>A model that was to be taken over is damaged, of a newer format, or of another schema or preset.</summary>
    InvalidModel = 17,
}
