using DagmmStream;
using DagmmStream.Client;

await using var client = await DagmmStreamClient.ConnectAsync("127.0.0.1:30000");
await client.CreateStreamAsync(new StreamDefinition { Name = "pump-17", Features = ["pressure", "flow", "current"] });
var pump = client.Stream("pump-17");

for (var i = 0; i < 2000; i++)
{
    var wear = i == 1500 ? 3 : 0;
    float[] reading = [5 + MathF.Sin(i / 9f) + wear, 12 + MathF.Cos(i / 9f), 0.7f];
    var score = await pump.ScoreAsync(new StreamEvent(DateTimeOffset.UnixEpoch.AddSeconds(i), reading));
    if (score.Verdict == Verdict.Anomalous)
        Console.WriteLine($"{score.Timestamp:T}: energy {score.Energy:F1}, p-value {score.PValue:G2}, snapshot {score.SnapshotVersion}");
}
