namespace DagmmStream.Silo.Alerts;

/// <summary>What a person says who takes an alert.</summary>
/// <param name="Note">A remark, at most 1,000 characters.</param>
public sealed record AcknowledgeBody(string? Note);
