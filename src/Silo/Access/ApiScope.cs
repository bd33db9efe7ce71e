namespace DagmmStream.Silo.Access;

/// <summary>What a key may do.</summary>
public enum ApiScope
{
    /// <summary>Read streams, scores, models and metrics.</summary>
    Read = 0,

    /// <summary>Push events.</summary>
    Ingest = 1,

    /// <summary>Everything: also create and delete streams.</summary>
    Admin = 2,
}
