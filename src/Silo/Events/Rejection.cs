namespace DagmmStream.Silo.Events;

/// <summary>An event that was not accepted; the others of its request were.</summary>
/// <param name="Line">Line of the body for CSV and NDJSON, position in the array for JSON; both count from 1.</param>
/// <param name="Code">Stable code: <c>malformed</c>, <c>missing-value</c>, <c>not-a-number</c>, <c>not-finite</c>, <c>wrong-width</c>,
/// <c>not-a-boolean</c>, <c>not-a-category</c>, <c>unknown-feature</c>, <c>invalid-time</c>.</param>
/// <param name="Message">What was wrong, with which value.</param>
public sealed record Rejection(long Line, string Code, string Message);
