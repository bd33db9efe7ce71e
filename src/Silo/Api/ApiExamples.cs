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

    private const string AlertPolicy = """
        {
          "minEvents": 3, "closeAfterEvents": 16, "silence": "00:10:00",
          "attributes": { "team": "pumps", "runbook": "https://wiki.example.org/pump-17" },
          "webhooks": [{ "name": "on-call", "url": "https://hooks.example.org/dagmm",
            "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX" }]
        }
        """;

    private const string Alert = """
        {
          "id": "5f2d6c0e9a4b4f1c8e7d3b2a19081716", "stream": "pump-17", "partition": 0, "kind": "anomaly", "state": "raised",
          "start": "2026-11-24T12:00:00+00:00", "end": null, "startOffset": 1500, "lastOffset": 1503, "anomalousEvents": 3,
          "peak": { "offset": 1501, "time": "2026-11-24T12:00:01+00:00", "energy": 31.7, "score": 4.2, "pValue": 0.0002 },
          "attributes": { "team": "pumps" }, "link": "http://127.0.0.1:8080/#/stream/pump-17/0?point=1501",
          "suppressed": false, "acknowledgedAt": null, "acknowledgedBy": null, "note": null
        }
        """;

    public static IEnumerable<(string MediaType, JsonNode Example)> RequestsOf(string operation) => operation switch
    {
        "createStream" or "estimateStream" => [("application/json", Parse(Definition))],
        "updatePolicy" => [("application/json", Parse("""{ "alarmRate": 0.0005 }"""))],
        "setAlertPolicy" => [("application/json", Parse(AlertPolicy))],
        "acknowledgeAlert" => [("application/json", Parse("""{ "note": "the pump is being replaced" }"""))],
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
        "createStream" or "updatePolicy" => Parse(Definition),
        "pushEvents" => Parse(Pushed),
        "listAlerts" or "listStreamAlerts" => Parse($$"""{ "alerts": [{{Alert}}], "next": null }"""),
        "readAlert" => Parse($$"""{ "alert": {{Alert}}, "deliveries": [] }"""),
        "acknowledgeAlert" or "releaseAlert" or "suppressAlert" or "unsuppressAlert" => Parse(Alert),
        "listModelVersions" => Parse("""
            { "current": 41, "kept": [{ "version": 40, "offset": 204800, "keptAt": "2026-11-24T12:00:00+00:00", "reason": "asked for",
              "bytes": 115204 }] }
            """),
        "keepModelVersion" or "rollBackModel" or "importModel" => Parse("""{ "version": 42 }"""),
        "estimateStream" => Parse("""
            { "parameters": 1612, "memoryBytesPerPartition": 196000, "queueBytesPerPartition": 196608,
              "checkpointBytesPerPartition": 118512, "journalBytesPerEvent": 14, "historyBytesPerEvent": 60,
              "scoreMicrosecondsPerEvent": 1.02, "learnMicrosecondsPerEvent": 3.62, "warmUpEvents": 256 }
            """),
        _ => null,
    };

    private static JsonNode Parse(string json) => JsonNode.Parse(json)!;
}
