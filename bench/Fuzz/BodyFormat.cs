namespace DagmmStream.Bench.Fuzz;

/// <summary>Formats of bodies that the HTTP API reads.</summary>
internal enum BodyFormat
{
    Csv,
    Ndjson,
    JsonArray,
}
