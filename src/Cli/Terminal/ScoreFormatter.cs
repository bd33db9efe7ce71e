using System.Globalization;

namespace DagmmStream.Cli.Terminal;

/// <summary>One line per score.</summary>
internal static class ScoreFormatter
{
    public const string CsvHeader = "offset,time,sequence,energy,score,pValue,verdict,snapshotVersion,flags";

    public const string TableHeader = "  offset  time                          energy      score    p-value  version  verdict";

    public static string? Header(OutputFormat format) =>
        format switch { OutputFormat.Table => TableHeader, OutputFormat.Csv => CsvHeader, _ => null };

    public static string Line(in EventScore score, OutputFormat format) => format switch
    {
        OutputFormat.Csv => Csv(score),
        OutputFormat.Json => Json(score),
        _ => Table(score),
    };

    public static string Csv(in EventScore score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{score.Offset},{score.Timestamp.UtcDateTime:O},{score.Sequence},{score.Energy:R},{score.Score:R},")
        + string.Create(CultureInfo.InvariantCulture, $"{score.PValue:R},{score.Verdict},{score.SnapshotVersion},")
        + Words(score.Flags, "|");

    private static string Table(in EventScore score) => string.Create(
        CultureInfo.InvariantCulture,
        $"{score.Offset,8}  {score.Timestamp.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fff}Z  {score.Energy,12:G5} ")
        + string.Create(
            CultureInfo.InvariantCulture,
            $"{score.Score,10:G5} {score.PValue,10:G3}  {score.SnapshotVersion,7}  {Word(score.Verdict)}{Tail(score.Flags)}");

    private static string Json(in EventScore score) => CliJson.Write(new
    {
        score.Offset,
        Time = score.Timestamp.UtcDateTime,
        score.Sequence,
        Energy = CliJson.Number(score.Energy),
        Score = CliJson.Number(score.Score),
        score.PValue,
        score.Verdict,
        score.SnapshotVersion,
        score.Flags,
    });

    private static string Tail(EventFlags flags) => flags == EventFlags.None ? "" : $" ({Words(flags, ", ")})";

    // An enumeration's text separates flags by commas, which a CSV field must not have.
    private static string Words(EventFlags flags, string separator) =>
        flags == EventFlags.None ? "" : flags.ToString().Replace(", ", separator, StringComparison.Ordinal);

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Anomalous => "anomalous",
        Verdict.Normal => "normal",
        _ => "warming up",
    };
}
