using System.Text.Json.Nodes;

namespace DagmmStream.Silo.Api;

/// <summary>Examples of the OpenAPI description, by operation.</summary>
internal static class ApiExamples
{
    private const string Definition = """{ "name": "pump-17", "features": ["pressure", "flow", "current"], "alarmRate": 0.001 }""";

    private const string Pushed = """
        {
          "accepted": 2, "duplicates": 0, "rejected": 1, "anomalies": 1, "warmingUp": 0,
          "partitions": [{ "partition": 0, "firstOffset": 1500, "nextOffset": 1502 }],
          "rejections": [{ "line": 4, "code": "not-a-number", "message": "feature \"flow\" is \"n/a\"" }],
          "ignoredColumns": [], "scoresTruncated": false,
          "scores": [{ "partition": 0, "offset": 1500, "time": "2026-11-24T12:00:00+00:00", "energy": 31.7, "score": 4.2,
            "pValue": 0.0002, "verdict": "anomalous", "snapshotVersion": 12, "flags": "none" }]
        }
        """;

    public static IEnumerable<(string MediaType, JsonNode Example)> RequestsOf(string operation) => operation switch
    {
        "createStream" or "estimateStream" => [("application/json", Parse(Definition))],
        "pushEvents" =>
        [
            ("application/json", Parse("""
                [{ "time": "2026-11-24T12:00:00Z", "features": { "pressure": 5.1, "flow": 12.2, "current": 0.7 } },
                 { "features": [5.0, 12.1, 0.7], "key": "line-2" }]
                """)),
            ("application/x-ndjson", JsonValue.Create(
                """{"time":"2026-11-24T12:00:00Z","features":{"pressure":5.1,"flow":12.2,"current":0.7}}""" + "\n")),
            ("text/csv", JsonValue.Create("time,pressure,flow,current\n2026-11-24T12:00:00Z,5.1,12.2,0.7\n")),
        ],
        _ => [],
    };

    public static JsonNode? ReplyOf(string operation) => operation switch
    {
        "createStream" => Parse(Definition),
        "pushEvents" => Parse(Pushed),
        "estimateStream" => Parse("""
            { "parameters": 2964, "memoryBytesPerPartition": 350000, "checkpointBytesPerPartition": 115000,
              "journalBytesPerEvent": 14, "historyBytesPerEvent": 60, "scoreMicrosecondsPerEvent": 1.6,
              "learnMicrosecondsPerEvent": 6.2, "warmUpEvents": 256 }
            """),
        _ => null,
    };

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
