namespace DagmmStream.Storage.Alerts;

/// <summary>Where the delivery of a message stands.</summary>
public enum DeliveryState
{
    /// <summary>Waits for its next attempt.</summary>
    Pending = 0,

    /// <summary>The receiver took it.</summary>
    Delivered = 1,

    /// <summary>Given up: it waits for somebody to send it again.</summary>
    Dead = 2,

    /// <summary>Not sent, because the alert is suppressed.</summary>
    Withheld = 3,
}
